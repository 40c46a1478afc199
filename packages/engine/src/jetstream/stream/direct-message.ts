import type { RecordView } from "@oxbow/log";
import { appendHeaders, type HeaderEntry } from "@oxbow/wire/nats";
import { formatTimestamp } from "../../time/timestamp.ts";

/** Bytes that a batch brings at most, unless the request says otherwise. */
const BATCH_BYTES_DEFAULT = 64 * 1024 * 1024;

/** A stored message as a direct get answers with it; its buffers are copies. */
export interface DirectMessage {
  readonly headers: Buffer;
  readonly payload: Buffer;
}

/** The message that `view` points at, with `entries` and where it is stored after its own headers. */
export function directMessage(
  streamName: string,
  view: RecordView,
  entries: readonly HeaderEntry[] = [],
): DirectMessage {
  const headersEnd = view.bodyStart + view.headersSize;
  const headers = appendHeaders(view.bytes, view.bodyStart, headersEnd, [
    ["Nats-Stream", streamName],
    ["Nats-Subject", view.subject()],
    ["Nats-Sequence", String(view.sequence)],
    ["Nats-Time-Stamp", formatTimestamp(view.timestampSeconds, view.timestampNanos)],
    ...entries,
  ]);
  return { headers, payload: Buffer.from(view.payload()) };
}

/** How far an answer of several messages has come. */
export class DirectProgress {
  /** Messages that are left after those until now. */
  pending: number;
  /** Sequence of the last message, 0 before the first. */
  lastSequence = 0;
  #bytesLeft: number;

  /** @param bytesMax - Bytes of all messages; 0 is the server's own limit. */
  constructor(pending: number, bytesMax: number) {
    this.pending = pending;
    this.#bytesLeft = bytesMax > 0 ? bytesMax : BATCH_BYTES_DEFAULT;
  }

  /** Whether the answer is as long as it may be. */
  get isFull(): boolean {
    return this.#bytesLeft <= 0;
  }

  /** What is told of it with a message, or at the end. */
  get entries(): HeaderEntry[] {
    return [
      ["Nats-Num-Pending", String(Math.max(0, this.pending))],
      ["Nats-Last-Sequence", String(this.lastSequence)],
    ];
  }

  /** Counts a message in. */
  add(view: RecordView): void {
    this.#bytesLeft -= view.bodyEnd - view.subjectStart;
    this.lastSequence = view.sequence;
  }
}
