import { DeliverPolicy, type JetStreamClient, type JetStreamManager } from "@nats-io/jetstream";
import { scanStream } from "../scan-stream.ts";
import { type DeadLetter, deadLetterOf, type StoredLetter } from "./dead-letter.ts";
import { type CheckedFilter, matches, subjectOf } from "./letter-filter.ts";
import { letterStream } from "./places.ts";

/** Where to look. */
interface ScanRange {
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
  const start = Math.max(from, filter.ids === undefined ? 1 : Math.min(...filter.ids));
  const end = Math.min(to, filter.ids === undefined ? to : Math.max(...filter.ids));
  const messages = scanStream(js, manager, letterStream, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: start,
    filter_subject: subjectOf(filter),
    headers_only: true,
  });
  for await (const { subject, seq, headers: header, data } of messages) {
    if (seq > end) return;
    const stored = { subject, seq, header, data };
    const letter = deadLetterOf(stored);
    if (letter !== undefined && matches(filter, letter)) yield { letter, stored };
  }
}
