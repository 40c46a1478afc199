import type { Clock } from "@oxbow/base";
import { formatTimestamp, type Timestamp } from "./timestamp.ts";

/** The instant in the words of the wire. */
export function timestampOf(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: Math.floor((ms - seconds * 1000) * 1e6), offsetMinutes: 0 };
}

/** Now. */
export function now(clock: Clock): Timestamp {
  return timestampOf(clock.nowMs());
}

/** An instant as answers write it. */
export function timestampText({ seconds, nanos }: Timestamp): string {
  return formatTimestamp(seconds, nanos);
}

/** What answers say where there is no instant. */
export const NO_TIME = "0001-01-01T00:00:00Z";
