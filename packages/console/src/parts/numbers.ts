const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

export function countText(count: number): string {
  return count < 100_000 ? whole.format(count) : short.format(count);
}

/** How many a second, to three digits: `0.25`, `1,204`. */
export function rateText(perSecond: number): string {
  return perSecond >= 100
    ? countText(Math.round(perSecond))
    : String(Number(perSecond.toPrecision(3)));
}

export function sizeText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** A time span in words: `7 days`. */
export function spanText(ms: number): string {
  const spans = [
    [86_400_000, "day"],
    [3_600_000, "hour"],
    [60_000, "minute"],
    [1_000, "second"],
  ] as const;
  for (const [size, name] of spans) {
    const count = Math.round(ms / size);
    if (ms >= size) return `${count} ${name}${count === 1 ? "" : "s"}`;
  }
  return `${ms} ms`;
}

const clock = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** A time as its reader's clock shows it: `Nov 20, 12:00:05`. */
export function clockText(time: string): string {
  return clock.format(new Date(time));
}

const preciseClock = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hourCycle: "h23",
});

/** The same with milliseconds: `Nov 20, 12:00:05.120`. */
export function preciseClockText(time: string): string {
  return preciseClock.format(new Date(time));
}
