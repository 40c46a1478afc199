import { TimeZone } from "../../time/time-zone.ts";

const dayMs = 86_400_000;

/** Milliseconds since midnight of `HH:MM:SS`; `undefined` if `text` is no time. */
export function parseTimeOfDay(text: string): number | undefined {
  const match = /^(\d{1,2}):(\d{2}):(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [hours, minutes, seconds] = match.slice(1).map(Number) as [number, number, number];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** Whether `name` is a time zone that is known here (`Europe/Berlin`). */
export function isTimeZone(name: string): boolean {
  return findZone(name) !== undefined;
}

/** When in a day, each day, somebody may be connected, both as `HH:MM:SS`; over midnight if `end` is before `start`. */
export interface DailyRange {
  readonly start: string;
  readonly end: string;
}

/**
 * How long, in milliseconds, one of `ranges` still lasts at `nowMs`, the longest if several do; `undefined` if none does,
 * or if a range or the zone can't be understood.
 *
 * @param zone - Name of a time zone; `""` is the machine's.
 */
export function remainingMs(
  ranges: readonly DailyRange[],
  zone: string,
  nowMs: number,
): number | undefined {
  const clocks = findZone(zone);
  if (clocks === undefined) return undefined;
  const midnight = Math.floor((nowMs + offsetMs(clocks, nowMs)) / dayMs) * dayMs;
  let longest: number | undefined;
  for (const range of ranges) {
    const start = parseTimeOfDay(range.start);
    const end = parseTimeOfDay(range.end);
    if (start === undefined || end === undefined) return undefined;
    const startMs = instantOf(clocks, midnight + start);
    const endMs = remainingEnd(clocks, midnight, startMs, end, nowMs);
    if (endMs === undefined) continue;
    longest = Math.max(longest ?? 0, endMs - nowMs);
  }
  return longest;
}

/** When a range that begins at `startMs` and holds at `nowMs` is over; `undefined` if it does not hold. */
function remainingEnd(
  zone: TimeZone,
  midnight: number,
  startMs: number,
  end: number,
  nowMs: number,
): number | undefined {
  const endMs = instantOf(zone, midnight + end);
  if (startMs < nowMs && endMs > nowMs) return endMs;
  if (startMs <= endMs) return undefined;
  // It goes over midnight: this is its end, or its beginning.
  if (endMs > nowMs) return endMs;
  return startMs < nowMs ? instantOf(zone, midnight + dayMs + end) : undefined;
}

/** The instant at which clocks of a zone show `localMs`, counted as if they showed UTC. */
function instantOf(zone: TimeZone, localMs: number): number {
  const guess = localMs - offsetMs(zone, localMs);
  return localMs - offsetMs(zone, guess);
}

/** How far clocks of a zone are ahead of UTC at an instant. */
function offsetMs(zone: TimeZone, instantMs: number): number {
  return zone.offsetAt(Math.floor(instantMs / 1000)) * 1000;
}

function findZone(name: string): TimeZone | undefined {
  return TimeZone.find(name === "" ? "Local" : name);
}
