import type { Clock, Random } from "@oxbow/base";
import { randomName } from "../random-name.ts";
import { formatTimestamp } from "../time/timestamp.ts";

const idSize = 22;

/** What every event begins with: its type, an id of its own, and the time. */
export function eventHead(
  type: string,
  clock: Clock,
  random: Random,
): { type: string; id: string; timestamp: string } {
  return { type, id: randomName(random, idSize), timestamp: timestampOf(clock.nowMs()) };
}

/** A time of the wall clock, with its microseconds, as nats-server writes it. */
export function timestampOf(ms: number): string {
  const micros = Math.round(ms * 1000);
  const seconds = Math.floor(micros / 1e6);
  return formatTimestamp(seconds, (micros - seconds * 1e6) * 1000);
}
