import { goQuote } from "@oxbow/wire/go-text";

/** An instant, to the nanosecond, with the zone it was written in. */
export interface Timestamp {
  /** Whole seconds since 1970 UTC; negative before. */
  readonly seconds: number;
  /** 0 to 999,999,999, added to `seconds`. */
  readonly nanos: number;
  /** The zone of the text it came from, in minutes east of UTC; says nothing about the instant. */
  readonly offsetMinutes: number;
}

const ZERO = 0x30;

/** The first second of the year 1, which Go writes for no instant at all. */
const ZERO_SECONDS = -62_135_596_800;

/** Whether an instant is there, and not Go's word for none. */
export function isSet(time: Timestamp | null): time is Timestamp {
  return time !== null && (time.seconds !== ZERO_SECONDS || time.nanos !== 0);
}

/** Whether two are the same instant, or both none. */
export function isSameInstant(a: Timestamp | null, b: Timestamp | null): boolean {
  if (a === null || b === null) return a === b;
  return a.seconds === b.seconds && a.nanos === b.nanos;
}

/** The last second that was written, and its text: messages that are read together often are of one. */
let lastSecond = 0;
let lastText = "1970-01-01T00:00:00";

/** Writes an instant as RFC 3339 with as many fraction digits as it needs, as Go's `RFC3339Nano` does. */
export function formatTimestamp(seconds: number, nanos: number, offsetMinutes = 0): string {
  const local = seconds + offsetMinutes * 60;
  if (local !== lastSecond) {
    lastText = new Date(local * 1000).toISOString().slice(0, 19);
    lastSecond = local;
  }
  const zone = offsetMinutes === 0 ? "Z" : formatZone(offsetMinutes);
  return nanos === 0 ? lastText + zone : `${lastText}.${formatFraction(nanos)}${zone}`;
}

/** Nine digits without the zeros at their end. */
function formatFraction(nanos: number): string {
  const digits = String(nanos).padStart(9, "0");
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === ZERO) end--;
  return digits.slice(0, end);
}

function formatZone(offsetMinutes: number): string {
  const minutes = Math.abs(offsetMinutes);
  const hour = String(Math.floor(minutes / 60)).padStart(2, "0");
  return `${offsetMinutes < 0 ? "-" : "+"}${hour}:${String(minutes % 60).padStart(2, "0")}`;
}

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * Reads RFC 3339 as Go does: an hour may have one digit and a fraction a comma, leap seconds are refused, and digits
 * beyond the nanosecond are dropped.
 *
 * @returns `undefined` if `text` is not a valid instant; {@link explainTimestamp} says why.
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = rfc3339.exec(text);
  if (match === null || rangeProblem(match) !== undefined) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as SixNumbers;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // Date.UTC would take years 0 to 99 for 1900 to 1999.
  date.setUTCHours(hour, minute, second);
  const sign = match[8] === "-" ? -1 : 1;
  const offset = Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0);
  const offsetMinutes = offset === 0 ? 0 : sign * offset;
  const nanos = Number((match[7] ?? "").slice(0, 9).padEnd(9, "0"));
  return { seconds: date.getTime() / 1000 - offsetMinutes * 60, nanos, offsetMinutes };
}

type SixNumbers = [number, number, number, number, number, number];

/** The fields of {@link rfc3339} with their least and greatest values, in the order they are checked. */
const ranges = [
  ["month", 2, 1, 12],
  ["hour", 4, 0, 23],
  ["minute", 5, 0, 59],
  ["second", 6, 0, 59],
  ["time zone offset hour", 9, 0, 24],
  ["time zone offset minute", 10, 0, 60],
] as const;

function rangeProblem(match: RegExpExecArray): string | undefined {
  for (const [name, group, least, greatest] of ranges) {
    const value = Number(match[group] ?? least);
    if (value < least || value > greatest) return name;
  }
  const dayCount = new Date(Date.UTC(2000 + (Number(match[1]) % 400), Number(match[2]), 0));
  const day = Number(match[3]);
  return day < 1 || day > dayCount.getUTCDate() ? "day" : undefined;
}

/** The parts of an RFC 3339 instant as Go's layout names them, and what each looks like. */
const layout = [
  ["2006", /^\d{4}/],
  ["-", /^-/],
  ["01", /^\d\d/],
  ["-", /^-/],
  ["02", /^\d\d/],
  ["T", /^T/],
  ["15", /^\d{1,2}/],
  [":", /^:/],
  ["04", /^\d\d/],
  [":", /^:/],
  ["05", /^\d\d([.,]\d+)?/],
  ["Z07:00", /^(Z|[+-]\d\d:\d\d)/],
] as const;

/** Why {@link parseTimestamp} refused `text`, in the words of Go's `time` package. */
export function explainTimestamp(text: string): string {
  const match = rfc3339.exec(text);
  const problem = match === null ? undefined : rangeProblem(match);
  if (problem !== undefined) return `parsing time ${goQuote(text)}: ${problem} out of range`;
  let rest = text;
  for (const [element, pattern] of layout) {
    const part = pattern.exec(rest);
    if (part === null) {
      const cause = `cannot parse ${goQuote(rest)} as ${goQuote(element)}`;
      return `parsing time ${goQuote(text)} as "2006-01-02T15:04:05Z07:00": ${cause}`;
    }
    rest = rest.slice(part[0].length);
  }
  return `parsing time ${goQuote(text)}: extra text: ${goQuote(rest)}`;
}
