import type { TimeZone } from "../../time/time-zone.ts";
import { instantOf, type WallTime, wallTimeAt } from "./wall-time.ts";

/** Values of one field that match, by value. */
interface Field {
  readonly values: Uint8Array;
  /** Whether it is `*`, so that it says nothing. */
  readonly isAny: boolean;
}

/** A pattern of six fields: seconds, minutes, hours, days of the month, months, days of the week. */
export interface CronPattern {
  readonly second: Field;
  readonly minute: Field;
  readonly hour: Field;
  readonly day: Field;
  readonly month: Field;
  readonly weekday: Field;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const sixty: Bounds = { min: 0, max: 59 };
const bounds: readonly Bounds[] = [
  sixty,
  sixty,
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: weekdays },
];
/** A pattern that matches nothing in so many years never does. */
const YEARS_MAX = 5;
const HOUR_SECONDS = 3_600;

/** Reads a pattern; `undefined` if it is none. */
export function parseCron(text: string): CronPattern | undefined {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== bounds.length) return undefined;
  const fields = parts.map((part, index) => parseField(part, bounds[index] as Bounds));
  if (fields.includes(undefined)) return undefined;
  const [second, minute, hour, day, month, weekday] = fields as SixFields;
  return { second, minute, hour, day, month, weekday };
}

type SixFields = [Field, Field, Field, Field, Field, Field];

/**
 * The first instant after `instant` that matches, both in seconds since 1970 UTC; `undefined` if there is none in five
 * years. It is found as nats-server finds it, so that changes of the clock make no difference between the two.
 */
export function nextCron(
  pattern: CronPattern,
  zone: TimeZone,
  instant: number,
): number | undefined {
  const search = new CronSearch(pattern, zone, Math.floor(instant) + 1);
  return search.run();
}

/** Goes from field to field, the largest first; one that runs over has all of them looked at again. */
class CronSearch {
  readonly #pattern: CronPattern;
  readonly #zone: TimeZone;
  readonly #yearMax: number;
  #at: number;
  /** Whether what is smaller than a field that was moved has been set to its beginning. */
  #isTruncated = false;

  constructor(pattern: CronPattern, zone: TimeZone, from: number) {
    this.#pattern = pattern;
    this.#zone = zone;
    this.#at = from;
    this.#yearMax = this.#shown.year + YEARS_MAX;
  }

  run(): number | undefined {
    while (this.#shown.year <= this.#yearMax) {
      const isFound =
        this.#findMonth() &&
        this.#findDay() &&
        this.#findHour() &&
        this.#findPart("minute", 60) &&
        this.#findPart("second", 1);
      if (isFound) return this.#at;
    }
    return undefined;
  }

  get #shown(): WallTime {
    return wallTimeAt(this.#at, this.#zone);
  }

  /** False if the year ran over. */
  #findMonth(): boolean {
    while (this.#pattern.month.values[this.#shown.month] === 0) {
      if (this.#truncates()) this.#set(0, 1, 0);
      const { day, hour, minute, second, year, month } = this.#shown;
      this.#at = instantOf(year, month + 1, day, hour, minute, second, this.#zone);
      if (this.#shown.month === 1) return false;
    }
    return true;
  }

  #findDay(): boolean {
    while (!this.#isDay(this.#shown)) {
      if (this.#truncates()) this.#set(0, this.#shown.day, 0);
      const { day, hour, minute, second, year, month } = this.#shown;
      this.#at = instantOf(year, month, day + 1, hour, minute, second, this.#zone);
      if (this.#shown.day === 1) return false;
    }
    return true;
  }

  #findHour(): boolean {
    while (this.#pattern.hour.values[this.#shown.hour] === 0) {
      if (this.#truncates()) this.#set(0, this.#shown.day, this.#shown.hour);
      this.#at += HOUR_SECONDS;
      if (this.#shown.hour === 0) return false;
    }
    return true;
  }

  #findPart(name: "minute" | "second", size: number): boolean {
    while (this.#pattern[name].values[this.#shown[name]] === 0) {
      if (this.#truncates()) this.#at -= this.#at % size;
      this.#at += size;
      if (this.#shown[name] === 0) return false;
    }
    return true;
  }

  /** True the first time. */
  #truncates(): boolean {
    const isFirst = !this.#isTruncated;
    this.#isTruncated = true;
    return isFirst;
  }

  /** The beginning of that hour of a day of the month that is shown. */
  #set(minute: number, day: number, hour: number): void {
    const { year, month } = this.#shown;
    this.#at = instantOf(year, month, day, hour, minute, 0, this.#zone);
  }

  /** Days of the month and of the week: both have to match, unless both say something: then one is enough. */
  #isDay({ day, weekday }: WallTime): boolean {
    const { day: days, weekday: weekdays } = this.#pattern;
    const isDay = days.values[day] === 1;
    const isWeekday = weekdays.values[weekday] === 1;
    return days.isAny || weekdays.isAny ? isDay && isWeekday : isDay || isWeekday;
  }
}

/** Comma-separated ranges. */
function parseField(text: string, field: Bounds): Field | undefined {
  const values = new Uint8Array(field.max + 1);
  let isAny = false;
  for (const part of text.split(",")) {
    if (part === "") continue;
    const range = parseRange(part, field);
    if (range === undefined) return undefined;
    isAny ||= range.isAny;
    for (let value = range.start; value <= range.end; value += range.step) values[value] = 1;
  }
  // What nothing matches never comes: no need to look five years ahead for it.
  return values.includes(1) ? { values, isAny } : undefined;
}

interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly isAny: boolean;
}

/** `*`, `5`, `1-5`, and each of them with `/2`, where `5/2` is from 5 on. */
function parseRange(text: string, field: Bounds): Range | undefined {
  const [range = "", stepText, ...tooMuch] = text.split("/");
  const [low = "", high, ...more] = range.split("-");
  if (tooMuch.length > 0) return undefined;
  const isStar = low === "*" || low === "?";
  if (!isStar && more.length > 0) return undefined;
  const start = isStar ? field.min : parseValue(low, field.names);
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  let end = isStar ? field.max : parseValue(high ?? low, field.names);
  if (stepText !== undefined && high === undefined) end = field.max;
  if (start === undefined || end === undefined || step === undefined) return undefined;
  const isPossible = start >= field.min && end <= field.max && start <= end && step > 0;
  return isPossible ? { start, end, step, isAny: isStar && step === 1 } : undefined;
}

function parseValue(text: string, names: readonly string[] | undefined): number | undefined {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  if (index < 0) return parseNumber(text);
  return names === months ? index + 1 : index;
}

function parseNumber(text: string): number | undefined {
  return /^\+?\d{1,18}$/.test(text) ? Number(text) : undefined;
}
