import { type Log, RecordView } from "@oxbow/log";
import type { Timestamp } from "../../time/timestamp.ts";
import { readRecord } from "./read-record.ts";

/** The first message that was stored at or after an instant, to the nanosecond; `lastSequence + 1` if there is none. */
export async function sequenceSince(log: Log, asked: Timestamp): Promise<number> {
  const time = inGoTime(asked);
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

/**
 * An instant as nats-server counts it, in 64 bits of nanoseconds: one after April 2262 or before September 1677 is not
 * there, and means what those bits say. What is asked for "the year 2999" is thus answered from long ago.
 */
function inGoTime(time: Timestamp): Timestamp {
  if (Math.abs(time.seconds) < GO_TIME_SECONDS_MAX) return time;
  const nanos = BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanos);
  const counted = BigInt.asIntN(64, nanos);
  const seconds = Number(counted / 1_000_000_000n);
  const rest = Number(counted % 1_000_000_000n);
  return rest < 0
    ? { seconds: seconds - 1, nanos: rest + 1e9, offsetMinutes: 0 }
    : { seconds, nanos: rest, offsetMinutes: 0 };
}

/** Whole seconds that 64 bits of nanoseconds surely hold. */
const GO_TIME_SECONDS_MAX = 9_223_372_036;

function isSince({ timestampSeconds, timestampNanos }: RecordView, time: Timestamp): boolean {
  if (timestampSeconds !== time.seconds) return timestampSeconds > time.seconds;
  return timestampNanos >= time.nanos;
}
