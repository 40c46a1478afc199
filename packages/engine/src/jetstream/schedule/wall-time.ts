import type { TimeZone } from "../../time/time-zone.ts";

/** What a clock on the wall and a calendar beside it show. */
export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

/** What is shown in a zone at an instant, in seconds since 1970 UTC. */
export function wallTimeAt(instant: number, zone: TimeZone): WallTime {
  const date = new Date((instant + zone.offsetAt(instant)) * 1000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    weekday: date.getUTCDay(),
  };
}

/**
 * When a zone shows that date and hour: months and days beyond their ends run over into the next. Where a change of the
 * clock leaves it out, or shows it twice, the answer is the one that Go's `time.Date` gives.
 */
export function instantOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  zone: TimeZone,
): number {
  const shown = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  const first = zone.offsetAt(shown);
  return first === 0 ? shown : shown - zone.offsetAt(shown - first);
}
