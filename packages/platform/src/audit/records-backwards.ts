import { DeliverPolicy, type JetStreamClient, type JetStreamManager } from "@nats-io/jetstream";
import { auditStream } from "./audit-stream.ts";

/** A record as it is stored. */
interface StoredRecord {
  readonly sequence: number;
  readonly storedAtMs: number;
  readonly text: string;
}

/** Sequences that are looked at first; each further part has twice as many, up to the most. */
const firstSequences = 1_000;
const sequencesMax = 32_000;
const fetchMax = 500;

/** Reads records in parts from the end, which JetStream itself does not: a part, then the one before it. */
export class RecordsBackwards {
  readonly #js: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #filter: string;

  /** @param filter - A subject with wildcards. */
  constructor(js: JetStreamClient, manager: JetStreamManager, filter: string) {
    this.#js = js;
    this.#manager = manager;
    this.#filter = filter;
  }

  /**
   * The parts, the latest first; each with its records in their order, and where it begins.
   *
   * @param before - Only records below this sequence.
   */
  async *parts(
    before: number = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<{ readonly from: number; readonly records: readonly StoredRecord[] }> {
    const { state } = await this.#manager.streams.info(auditStream);
    let to = Math.min(state.last_seq + 1, before);
    for (let size = firstSequences; to > state.first_seq; size *= 2) {
      const from = Math.max(state.first_seq, to - Math.min(size, sequencesMax));
      yield { from, records: await this.#between(from, to) };
      to = from;
    }
  }

  /** @param to - The first sequence that is not read. */
  async #between(from: number, to: number): Promise<StoredRecord[]> {
    const consumer = await this.#js.consumers.get(auditStream, {
      filter_subjects: [this.#filter],
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
    });
    const records: StoredRecord[] = [];
    let { num_pending: left } = await consumer.info();
    while (left > 0) {
      const max_messages = Math.min(left, to - from, fetchMax);
      const batch = await consumer.fetch({ max_messages, expires: 5_000 });
      let count = 0;
      for await (const message of batch) {
        if (message.seq >= to) return records;
        count++;
        left = message.info.pending;
        const storedAtMs = Math.floor(message.info.timestampNanos / 1_000_000);
        records.push({ sequence: message.seq, storedAtMs, text: message.string() });
      }
      if (count === 0) break;
    }
    return records;
  }
}
