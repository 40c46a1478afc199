import { spanOf } from "../tracing/consume-spans.ts";
import { concurrencyOf, type HandleOptions } from "./consume-options.ts";
import type { Consumption } from "./consumption.ts";
import type { Message } from "./message.ts";

/** What is called with each message. A promise is waited for. */
export type Handler<Value> = (message: Message<Value>) => unknown;

/**
 * A function that is called with each message of a group. What it does not say about a message itself is said for it: it is
 * acknowledged when the function returns, and delivered again when it throws.
 */
export class HandlerRun<Value> implements AsyncDisposable {
  readonly #consumption: Consumption<Value>;
  readonly #handler: Handler<Value>;
  readonly #options: HandleOptions<Message<Value>>;
  /**
   * Resolves once it was stopped and what was under way is finished; rejects if there can be no more messages, such as when the
   * group was deleted.
   */
  readonly done: Promise<void>;

  /** Made by `consume`. @throws OxbowError `OPTIONS_INVALID` */
  constructor(
    consumption: Consumption<Value>,
    handler: Handler<Value>,
    options: HandleOptions<Message<Value>>,
    running: Set<{ readonly done: Promise<void> }>,
  ) {
    this.#consumption = consumption;
    this.#handler = handler;
    this.#options = options;
    this.done = this.#run(concurrencyOf(options.concurrency));
    // Whoever waits for it is told; without anybody it is no reason to end the process, but one to warn.
    this.done.catch((error: unknown) => process.emitWarning(error as Error));
    running.add(this);
    const leave = (): void => void running.delete(this);
    this.done.then(leave, leave);
  }

  /** Takes no more messages, waits for those that are being handled, and gives the others back. */
  async stop(): Promise<void> {
    await this.#consumption.stop();
    await this.done.catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(concurrency: number): Promise<void> {
    const underWay = new Set<Promise<void>>();
    try {
      for await (const message of this.#consumption) {
        if (concurrency === 1) {
          await this.#handle(message);
          continue;
        }
        const handling = this.#handle(message).finally(() => underWay.delete(handling));
        underWay.add(handling);
        if (underWay.size >= concurrency) await Promise.race(underWay);
      }
    } finally {
      await Promise.all(underWay);
    }
  }

  async #handle(message: Message<Value>): Promise<void> {
    const span = spanOf(message);
    try {
      if (span === undefined) await this.#handler(message);
      else await span.within(() => this.#handler(message));
      message.ack();
    } catch (error) {
      span?.end(error);
      this.#fail(message, error);
    }
  }

  #fail(message: Message<Value>, error: unknown): void {
    const { retryDelayMs, onError } = this.#options;
    try {
      if (onError === undefined) process.emitWarning(warningOf(message, error));
      else onError(error, message);
      const delayMs =
        typeof retryDelayMs === "function" ? retryDelayMs(message.attempt, error) : retryDelayMs;
      message.nak(delayMs === undefined ? {} : { delayMs });
    } catch (failure) {
      process.emitWarning(failure as Error);
      message.nak();
    }
  }
}

function warningOf(message: Message<unknown>, error: unknown): Error {
  const { station, partition, sequence, group, attempt } = message;
  const text = `group ${group}: message ${sequence} of station ${station}, partition ${partition}, was not handled (attempt ${attempt}): ${String(error)}`;
  return new Error(text, { cause: error });
}
