import type { ConsumerMessages, JetStreamClient, JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Clock } from "@oxbow/base";
import type { Notice } from "oxbow/control";
import type { ChannelDocument } from "../documents.ts";
import { notificationLimits } from "../limits.ts";
import { readNotice } from "../outbox/notice.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { channelConsumer, notificationStream } from "../outbox/places.ts";
import type { OnNotifyStep } from "../steps.ts";
import { RateLimiter } from "./rate-limiter.ts";
import { retryDelayMs } from "./retry-delay.ts";
import { SendFailure } from "./send-failure.ts";
import type { Sender } from "./sender.ts";

/** What a runner works with. */
export interface RunnerParts {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly clock: Clock;
  readonly sender: Sender;
  readonly outbox: Outbox;
  readonly onStep: OnNotifyStep;
  /** Makes the consumer of the channel, if it is missing. */
  readonly ensure: (channel: string) => Promise<void>;
  /** The channel as it is now; `undefined` once it is gone. */
  readonly channel: (name: string) => ChannelDocument | undefined;
  readonly onProblem: (problem: unknown) => void;
  /** Called when there is nothing left to send. */
  readonly onIdle: () => void;
}

const againMs = 1_000;
const closeGraceMs = 2_000;
/** Far less than the server waits for an acknowledgement. */
const workingEveryMs = 10_000;

/**
 * Sends the notices of a channel, one after the other: while one can't be sent, those behind it wait, so that they arrive in
 * their order. One is acknowledged once it was sent, or given up, and that is written down: who dies before sends it again.
 */
export class ChannelRunner {
  readonly #name: string;
  readonly #parts: RunnerParts;
  readonly #rate = new RateLimiter();
  readonly #ended = new AbortController();
  readonly #done: Promise<void>;
  #messages: ConsumerMessages | undefined;

  constructor(name: string, parts: RunnerParts) {
    this.#name = name;
    this.#parts = parts;
    this.#done = this.#run();
    void parts.connection.closed().then(() => this.#stop());
  }

  /** Ends, once what is under way has been sent, or has failed; it does not wait for long. */
  async close(): Promise<void> {
    this.#stop();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = this.#parts.clock.setTimer(closeGraceMs, resolve);
    await Promise.race([this.#done, late]);
    timer.cancel();
  }

  #stop(): void {
    this.#ended.abort();
    this.#messages?.stop();
  }

  get #isOver(): boolean {
    return this.#ended.signal.aborted || this.#parts.connection.isClosed();
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#pull();
      } catch (error) {
        if (!this.#isOver) this.#parts.onProblem(error);
      }
      if (!this.#isOver) await this.#wait(againMs);
    }
  }

  async #pull(): Promise<void> {
    const { js, ensure, onIdle } = this.#parts;
    await ensure(this.#name);
    const consumer = await js.consumers.get(notificationStream, channelConsumer(this.#name));
    if (this.#isOver) return;
    const messages = await consumer.consume({ max_messages: 1 });
    this.#messages = messages;
    try {
      for await (const message of messages) {
        await this.#take(message);
        if (message.info.pending === 0) onIdle();
      }
    } finally {
      messages.stop();
    }
  }

  async #take(message: JsMsg): Promise<void> {
    const channel = this.#parts.channel(this.#name);
    const notice = readNotice(message.string());
    // What was due for a channel that is gone is nobody's business any more.
    if (channel === undefined || notice === undefined) {
      message.ack();
      return;
    }
    const isDone = await this.#send(message, notice);
    if (isDone) await message.ackAck();
    else message.nak();
  }

  /** Whether it is over with it, one way or the other. */
  async #send(message: JsMsg, notice: Notice): Promise<boolean> {
    const { clock, outbox, sender, onStep } = this.#parts;
    const record = (outcome: "waiting" | "sent" | "failed", attempts: number, error?: string) =>
      outbox.record(message.subject, {
        outcome,
        attempts,
        triedAtMs: clock.nowMs(),
        error: error ?? null,
      });
    for (let attempts = 1; ; attempts++) {
      const channel = this.#parts.channel(this.#name);
      if (channel === undefined) return true;
      const waitMs = this.#rate.take(channel.perMinuteMax, clock.nowMs());
      if (waitMs > 0) {
        attempts--;
        await this.#wait(waitMs, message);
        if (this.#isOver) return false;
        continue;
      }
      try {
        await sender.send(channel.to, notice);
        await onStep("notice.sent");
        await record("sent", attempts);
        await onStep("notice.recorded");
        return true;
      } catch (error) {
        if (!(error instanceof SendFailure)) throw error;
        const ageMs = clock.nowMs() - Date.parse(notice.at);
        if (error.isFinal || ageMs > notificationLimits.triedMsMax) {
          await record("failed", attempts, error.message);
          this.#parts.onProblem(
            new Error(`a notification on channel ${this.#name} is given up: ${error.message}`),
          );
          return true;
        }
        await record("waiting", attempts, error.message);
        await this.#wait(retryDelayMs(attempts, Math.random(), error.retryAfterMs), message);
        if (this.#isOver) return false;
      }
    }
  }

  /** Waits, and tells the server now and then that the message is still worked at. */
  async #wait(ms: number, message?: JsMsg): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = this.#ended;
    const endMs = clock.monotonicMs() + ms;
    while (!signal.aborted) {
      const leftMs = endMs - clock.monotonicMs();
      if (leftMs <= 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = clock.setTimer(Math.min(leftMs, workingEveryMs), resolve);
      const stop = (): void => resolve();
      signal.addEventListener("abort", stop, { once: true });
      await promise;
      signal.removeEventListener("abort", stop);
      timer.cancel();
      if (!this.#isOver) message?.working();
    }
  }
}
