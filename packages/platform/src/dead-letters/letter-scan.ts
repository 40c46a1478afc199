import {
  AckPolicy,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
} from "@nats-io/jetstream";
import { isMissing } from "oxbow/internal";
import { type DeadLetter, deadLetterOf, type StoredLetter } from "./dead-letter.ts";
import { type CheckedFilter, matches, subjectOf } from "./letter-filter.ts";
import { letterStream } from "./places.ts";

const batchMax = 500;
/** In case that the consumer is not deleted. */
const idleNs = 30_000_000_000;
const fetchTimeoutMs = 5_000;

/** Where to look. */
export interface ScanRange {
  /** The first sequence; the first of all by default. */
  readonly from?: number;
  /** The last one; by default that of the moment. */
  readonly to?: number;
}

/** A dead letter that was found, with the headers that it has. */
export interface FoundLetter {
  readonly letter: DeadLetter;
  readonly stored: StoredLetter;
}

/** Finds dead letters in their order, by their headers: payloads are not read. */
export async function* scanLetters(
  js: JetStreamClient,
  manager: JetStreamManager,
  filter: CheckedFilter,
  { from = 1, to = Number.POSITIVE_INFINITY }: ScanRange = {},
): AsyncGenerator<FoundLetter, void, undefined> {
  const { consumers } = manager;
  const start = Math.max(from, filter.ids === undefined ? 1 : Math.min(...filter.ids));
  const end = Math.min(to, filter.ids === undefined ? to : Math.max(...filter.ids));
  const { name, num_pending: waiting } = await consumers.add(letterStream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: start,
    filter_subject: subjectOf(filter),
    headers_only: true,
    inactive_threshold: idleNs,
    mem_storage: true,
    num_replicas: 1,
  });
  try {
    const consumer = await js.consumers.get(letterStream, name);
    let left = waiting;
    while (left > 0) {
      const asked = Math.min(batchMax, left);
      const batch = await consumer.fetch({ max_messages: asked, expires: fetchTimeoutMs });
      let came = 0;
      for await (const message of batch) {
        came++;
        left = Math.min(left - 1, message.info.pending);
        const { subject, seq, headers: header, data } = message;
        if (seq > end) return;
        const stored = { subject, seq, header, data };
        const letter = deadLetterOf(stored);
        if (letter !== undefined && matches(filter, letter)) yield { letter, stored };
      }
      // What was left when it was counted may have gone meanwhile.
      if (came === 0) return;
    }
  } finally {
    await consumers.delete(letterStream, name).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }
}
