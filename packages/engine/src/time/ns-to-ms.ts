/** Milliseconds, with a fraction, of a duration on the wire. Exact to the nanosecond up to 104 days, to 2 µs beyond. */
export function nsToMs(ns: bigint): number {
  return Number(ns) / 1e6;
}

/** The distance between milliseconds since 1970 that a double can tell apart. */
const STEP_MS = 2 ** -12;

/**
 * Milliseconds since 1970 of an instant in seconds and nanoseconds, as exact as a double can be, a quarter of a microsecond,
 * and in the same millisecond: rounding never takes it to the next.
 */
export function instantMs(seconds: number, nanos: number): number {
  const whole = seconds * 1000 + Math.trunc(nanos / 1e6);
  return Math.min(whole + (nanos % 1e6) / 1e6, whole + 1 - STEP_MS);
}

/** The same of an instant in nanoseconds. */
export function nsToInstantMs(ns: bigint): number {
  return instantMs(Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n));
}
