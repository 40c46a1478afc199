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
  return formatOf(name) !== undefined;
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
  const format = formatOf(zone);
  if (format === undefined) return undefined;
  const midnight = Math.floor((nowMs + offsetMs(format, nowMs)) / dayMs) * dayMs;
  let longest: number | undefined;
  for (const range of ranges) {
    const start = parseTimeOfDay(range.start);
    const end = parseTimeOfDay(range.end);
    if (start === undefined || end === undefined) return undefined;
    const startMs = instantOf(format, midnight + start);
    const endMs = remainingEnd(format, midnight, startMs, end, nowMs);
    if (endMs === undefined) continue;
    longest = Math.max(longest ?? 0, endMs - nowMs);
  }
  return longest;
}

/** When a range that begins at `startMs` and holds at `nowMs` is over; `undefined` if it does not hold. */
function remainingEnd(
  format: Intl.DateTimeFormat,
  midnight: number,
  startMs: number,
  end: number,
  nowMs: number,
): number | undefined {
  const endMs = instantOf(format, midnight + end);
  if (startMs < nowMs && endMs > nowMs) return endMs;
  if (startMs <= endMs) return undefined;
  // It goes over midnight: this is its end, or its beginning.
  if (endMs > nowMs) return endMs;
  return startMs < nowMs ? instantOf(format, midnight + dayMs + end) : undefined;
}

/** The instant at which clocks of a zone show `localMs`, counted as if they showed UTC. */
function instantOf(format: Intl.DateTimeFormat, localMs: number): number {
  const guess = localMs - offsetMs(format, localMs);
  return localMs - offsetMs(format, guess);
}

/** How far clocks of a zone are ahead of UTC at an instant. */
function offsetMs(format: Intl.DateTimeFormat, instantMs: number): number {
  const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, value]));
  const get = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name));
  const local = Date.UTC(
    get("year"),
    get("month") - 1,
    get("day"),
    get("hour"),
    get("minute"),
    get("second"),
  );
  return local - Math.floor(instantMs / 1000) * 1000;
}

const formats: Map<string, Intl.DateTimeFormat> = new Map();
/** Formats that are kept: no server sees users of more zones at a time. */
const formatsMax = 64;

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  // An offset such as `+01:00` is none of the names that other servers know.
  if (zone !== "" && !/^[A-Za-z]/.test(zone)) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone === "" || zone === "Local" ? undefined : zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return undefined;
  }
  if (formats.size >= formatsMax) formats.clear();
  formats.set(zone, format);
  return format;
}
