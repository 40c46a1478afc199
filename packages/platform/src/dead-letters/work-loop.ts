import type { ConsumerMessages, JetStreamClient, JsMsg } from "@nats-io/jetstream";
import { delay, type NatsConnection } from "@nats-io/nats-core";
import { workConsumer } from "./places.ts";

const reopenDelayMs = 1_000;
const retryDelayMsMax = 60_000;

/** What a loop does. */
export interface WorkLoopOptions {
  readonly stream: string;
  /** The durable consumer by which workers share; by default that of dead letters. */
  readonly consumer?: string;
  /** Messages that are asked for, and worked at, at a time. */
  readonly pulledMax: number;
  readonly workedMax: number;
  /** Makes what is missing: called before each new beginning. */
  readonly ensure: () => Promise<void>;
  /** Does what a message says, and acknowledges it. */
  readonly take: (message: JsMsg) => Promise<void>;
  readonly onProblem: (problem: unknown) => void;
}

/** Takes messages of a stream as one of any number of workers, until it is closed. What fails is done again, later. */
export class WorkLoop {
  readonly #connection: NatsConnection;
  readonly #js: JetStreamClient;
  readonly #options: WorkLoopOptions;
  #messages: ConsumerMessages | undefined;
  #isClosed = false;
  readonly #done: Promise<void>;

  constructor(connection: NatsConnection, js: JetStreamClient, options: WorkLoopOptions) {
    this.#connection = connection;
    this.#js = js;
    this.#options = options;
    this.#done = this.#run();
    // The client goes on to look for signs of life where there can be none any more.
    void connection.closed().then(() => this.#messages?.stop());
  }

  /** Resolves once what was begun is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#messages?.stop();
    await this.#done;
  }

  get #isOver(): boolean {
    return this.#isClosed || this.#connection.isClosed();
  }

  /** Goes on when its consumer or stream was deleted, or the server was away. */
  async #run(): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#pull();
      } catch (error) {
        if (!this.#isOver) this.#options.onProblem(error);
      }
      if (this.#isOver) return;
      await delay(reopenDelayMs);
      try {
        await this.#options.ensure();
      } catch (error) {
        if (!this.#isOver) this.#options.onProblem(error);
      }
    }
  }

  async #pull(): Promise<void> {
    const { stream, consumer: name = workConsumer, pulledMax, workedMax } = this.#options;
    const consumer = await this.#js.consumers.get(stream, name);
    if (this.#isClosed) return;
    this.#messages = await consumer.consume({ max_messages: pulledMax });
    const working = new Set<Promise<void>>();
    for await (const message of this.#messages) {
      const work = this.#take(message).finally(() => working.delete(work));
      working.add(work);
      if (working.size >= workedMax) await Promise.race(working);
    }
    await Promise.all(working);
  }

  async #take(message: JsMsg): Promise<void> {
    try {
      await this.#options.take(message);
    } catch (error) {
      if (this.#connection.isClosed()) return;
      this.#options.onProblem(error);
      message.nak(Math.min(retryDelayMsMax, 100 * 2 ** Math.min(message.info.deliveryCount, 10)));
    }
  }
}
