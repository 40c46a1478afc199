import {
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import type { Clock, Timer } from "@oxbow/base";
import { notificationLimits } from "../limits.ts";
import type { RuleEvent } from "./fold.ts";
import type { Cursor } from "./rule-state.ts";

/** A stream that tells what happens. */
export interface EventSource {
  readonly stream: string;
  readonly filter: string;
  /** Whether what stands in headers is enough. */
  readonly isInHeaders: boolean;
  /** Makes the stream if it is missing. */
  readonly ensure: () => Promise<void>;
  readonly read: (message: JsMsg, created: string) => RuleEvent[];
}

/** What a reader works with. */
export interface ReaderParts {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly clock: Clock;
  /** Where to begin, asked each time: behind what was taken up, or at a time if nothing was. */
  readonly startOf: (source: EventSource, created: string) => Promise<Cursor["sequence"] | Date>;
  /** Takes up what happened. What it rejects comes again. */
  readonly onEvents: (events: readonly RuleEvent[]) => Promise<void>;
  readonly onProblem: (problem: unknown) => void;
}

const againMs = 1_000;
/** What is announced to follow, and does not, is not waited for longer. */
const gatherMs = 1_000;

/** Reads what happens from a stream, as it comes, until it is closed. */
export class EventReader {
  readonly #source: EventSource;
  readonly #parts: ReaderParts;
  readonly #done: Promise<void>;
  #messages: ConsumerMessages | undefined;
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(source: EventSource, parts: ReaderParts) {
    this.#source = source;
    this.#parts = parts;
    this.#done = this.#run();
    void parts.connection.closed().then(() => this.#messages?.stop());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#messages?.stop();
    this.#wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { connection, clock, onProblem } = this.#parts;
    while (!this.#isClosed && !connection.isClosed()) {
      try {
        await this.#read();
      } catch (error) {
        if (!this.#isClosed && !connection.isClosed()) onProblem(error);
      }
      this.#messages?.stop();
      if (this.#isClosed || connection.isClosed()) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = clock.setTimer(againMs, resolve);
      await promise;
      timer.cancel();
    }
  }

  async #read(): Promise<void> {
    const { stream, filter, isInHeaders, ensure, read } = this.#source;
    const { js, manager, clock, startOf, onEvents } = this.#parts;
    await ensure();
    const { created } = await manager.streams.info(stream);
    const from = await startOf(this.#source, created);
    const consumer = await js.consumers.get(stream, {
      filter_subjects: [filter],
      headers_only: isInHeaders,
      ...(from instanceof Date
        ? { deliver_policy: DeliverPolicy.StartTime, opt_start_time: from.toISOString() }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from + 1 }),
    });
    if (this.#isClosed) return;
    const messages = await consumer.consume({ max_messages: notificationLimits.eventsMax });
    this.#messages = messages;
    let gathered: RuleEvent[] = [];
    let timer: Timer | undefined;
    let failure: unknown;
    const flush = async (): Promise<void> => {
      timer?.cancel();
      timer = undefined;
      const events = gathered;
      gathered = [];
      if (events.length > 0) await onEvents(events);
    };
    for await (const message of messages) {
      gathered.push(...read(message, created));
      const isAll = message.info.pending === 0;
      if (isAll || gathered.length >= notificationLimits.eventsMax) await flush();
      else
        timer ??= clock.setTimer(gatherMs, () => {
          flush().catch((error: unknown) => {
            failure = error;
            messages.stop();
          });
        });
      if (failure !== undefined) break;
    }
    timer?.cancel();
    if (failure !== undefined) throw failure;
  }
}
