import { type Log, RecordView } from "@oxbow/log";
import type { Timestamp } from "../config/timestamp.ts";
import { readRecord } from "./read-record.ts";

/** The first message that was stored at or after an instant, to the nanosecond; `lastSequence + 1` if there is none. */
export async function sequenceSince(log: Log, time: Timestamp): Promise<number> {
  const wholeMs = time.seconds * 1000 + Math.floor(time.nanos / 1e6);
  const view = new RecordView();
  let sequence = log.sequenceAtTime(wholeMs);
  // The index knows whole milliseconds. Within the one of the instant the records decide.
  while (sequence <= log.lastSequence && log.timeOf(sequence) === wholeMs) {
    if ((await readRecord(log, sequence, view)) && isSince(view, time)) return sequence;
    sequence = log.nextSequence(sequence + 1);
  }
  return sequence;
}

function isSince({ timestampSeconds, timestampNanos }: RecordView, time: Timestamp): boolean {
  if (timestampSeconds !== time.seconds) return timestampSeconds > time.seconds;
  return timestampNanos >= time.nanos;
}
