const DAY_SECONDS = 86_400;
/** Time zones that are remembered, and days of each: 5 years of a few. */
const ZONES_MAX = 32;
const DAYS_MAX = 4_000;
/** What ECMAScript takes for a zone and Go's database does not have. */
const offsetName = /^[+-]\d/;

const zones = new Map<string, TimeZone>();

/** A time zone, by its name in the IANA database. */
export class TimeZone {
  /** In which nothing ever changes. */
  static readonly utc: TimeZone = new TimeZone(undefined);
  readonly #format: Intl.DateTimeFormat | undefined;
  /** Offsets at the beginnings of days, UTC. */
  readonly #days = new Map<number, number>();

  private constructor(format: Intl.DateTimeFormat | undefined) {
    this.#format = format;
  }

  /**
   * The zone of that name; `undefined` if there is none. `Local` is that of the machine. Unlike Go, capitals do not count.
   */
  static find(name: string): TimeZone | undefined {
    if (name === "UTC") return TimeZone.utc;
    const known = zones.get(name);
    if (known !== undefined) return known;
    if (offsetName.test(name)) return undefined;
    try {
      const zone = new TimeZone(formatOf(name === "Local" ? undefined : name));
      if (zones.size >= ZONES_MAX) zones.clear();
      zones.set(name, zone);
      return zone;
    } catch {
      // What it throws says that it does not know the name.
      return undefined;
    }
  }

  /** Seconds east of UTC at an instant, in seconds since 1970 UTC. */
  offsetAt(instant: number): number {
    if (this.#format === undefined) return 0;
    const day = Math.floor(instant / DAY_SECONDS);
    const offset = this.#offsetOfDay(day);
    // In the course of most days nothing changes.
    return offset === this.#offsetOfDay(day + 1) ? offset : this.#measure(instant);
  }

  #offsetOfDay(day: number): number {
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    if (this.#days.size >= DAYS_MAX) this.#days.clear();
    const offset = this.#measure(day * DAY_SECONDS);
    this.#days.set(day, offset);
    return offset;
  }

  #measure(instant: number): number {
    const format = this.#format as Intl.DateTimeFormat;
    const fields: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instant * 1000)) {
      fields[type] = Number(value);
    }
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
    return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - Math.floor(instant);
  }
}

function formatOf(name: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", {
    ...(name !== undefined && { timeZone: name }),
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
}
