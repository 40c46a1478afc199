import type { ConsumerMessages, JetStreamClient, JsMsg } from "@nats-io/jetstream";
import type { SimRandom } from "@oxbow/testkit";
import { ignoreLostConnection } from "../connection.ts";
import type { HistoryFile } from "../history-file.ts";
import { identityOf } from "../message.ts";
import { PATIENCE_MS } from "../workload.ts";
import type { StreamProgress } from "./stream-progress.ts";

/** Called when no consumer of the stream will be given the sequence again. */
export type OnDone = (stream: StreamProgress, sequence: number) => void;

/** How a message is answered while the broker is under load; the rest is left to the ack wait. */
const SHARES = { doubleAck: 0.25, ack: 0.65, nak: 0.05 };

/** Takes messages as one durable consumer, records every delivery, ack and confirmation, and acks in all ways. */
export class StreamConsumer {
  readonly name: string;
  readonly stream: StreamProgress;
  readonly #random: SimRandom;
  readonly #history: HistoryFile;
  readonly #onDone: OnDone;
  /** Acks without an answer, sent over this connection since the last ack with one. */
  #unanswered: number[] = [];
  #openAckCount = 0;

  constructor(
    name: string,
    stream: StreamProgress,
    random: SimRandom,
    history: HistoryFile,
    onDone: OnDone,
  ) {
    this.name = name;
    this.stream = stream;
    this.#random = random;
    this.#history = history;
    this.#onDone = onDone;
  }

  /** Consumes over a connection that is new to it, until that closes. */
  async start(js: JetStreamClient): Promise<ConsumerMessages> {
    this.#unanswered = [];
    return this.#consume(js, (message) => this.#answer(message));
  }

  /** Takes everything there is, and confirms every ack. Resolves when nothing is left and nothing outstanding. */
  async drain(js: JetStreamClient): Promise<void> {
    this.#unanswered = [];
    const consumer = await js.consumers.get(this.stream.plan.name, this.name);
    const drained = Promise.withResolvers<void>();
    const look = async (): Promise<void> => {
      if (this.#openAckCount > 0) return;
      const info = await consumer.info();
      if (info.num_pending === 0 && info.num_ack_pending === 0) drained.resolve();
    };
    const messages = await this.#consume(js, (message) => {
      void this.#doubleAck(message).then(look).catch(drained.reject);
    });
    await look();
    // A message that was removed while it was outstanding is not delivered again, so time may be all that passes.
    void watchStatus(messages, look).catch(drained.reject);
    await drained.promise;
    await messages.close();
    const { name } = this.stream.plan;
    this.#history.record({ type: "consumer-drained", stream: name, consumer: this.name });
  }

  async #consume(js: JetStreamClient, take: (message: JsMsg) => void): Promise<ConsumerMessages> {
    const consumer = await js.consumers.get(this.stream.plan.name, this.name);
    // A callback, not an iterator: what has arrived is recorded before anything that arrives later.
    const callback = (message: JsMsg): void => {
      this.#record(message);
      take(message);
    };
    return consumer.consume({ callback, max_messages: 256, expires: 2_000 });
  }

  #record(message: JsMsg): void {
    const { name } = this.stream.plan;
    this.#history.record({
      type: "delivered",
      consumer: this.name,
      sequence: message.seq,
      ...identityOf(name, message.subject, message.headers, message.data),
    });
  }

  #answer(message: JsMsg): void {
    const kind = this.#random.fraction();
    if (kind < SHARES.doubleAck) {
      // Without an answer the ack's fate is open, which needs no event.
      void this.#doubleAck(message).catch(ignoreLostConnection);
    } else if (kind < SHARES.doubleAck + SHARES.ack) {
      this.#sending(message.seq);
      message.ack();
      this.#unanswered.push(message.seq);
    } else if (kind < SHARES.doubleAck + SHARES.ack + SHARES.nak) {
      message.nak();
    }
  }

  /**
   * Acks and waits for the answer. The broker takes the acks of a connection in their order and makes them durable in
   * that order, so the answer to this one confirms those before it too.
   */
  async #doubleAck(message: JsMsg): Promise<void> {
    const covered = [...this.#unanswered, message.seq];
    this.#unanswered = [];
    this.#sending(message.seq);
    this.#openAckCount += 1;
    try {
      await message.ackAck({ timeout: PATIENCE_MS });
    } finally {
      this.#openAckCount -= 1;
    }
    for (const sequence of covered) this.#confirmed(sequence);
  }

  #sending(sequence: number): void {
    const { name } = this.stream.plan;
    this.#history.record({ type: "ack-sent", stream: name, consumer: this.name, sequence });
  }

  #confirmed(sequence: number): void {
    const { name } = this.stream.plan;
    this.#history.record({ type: "ack-confirmed", stream: name, consumer: this.name, sequence });
    if (this.stream.confirmed(sequence, this.name)) this.#onDone(this.stream, sequence);
  }
}

async function watchStatus(messages: ConsumerMessages, look: () => Promise<void>): Promise<void> {
  for await (const _ of messages.status()) await look();
}
