/** Milliseconds, with a fraction, of a duration on the wire. Exact to the nanosecond up to 104 days, to 2 µs beyond. */
export function nsToMs(ns: bigint): number {
  return Number(ns) / 1e6;
}

/** The distance between milliseconds since 1970 that a double can tell apart. */
const STEP_MS = 2 ** -12;

/**
 * Milliseconds since 1970 of an instant in nanoseconds, as exact as a double can be, a quarter of a microsecond, and in the
 * same millisecond: rounding never takes it to the next.
 */
export function instantMs(ns: bigint): number {
  const whole = Number(ns / 1_000_000n);
  return Math.min(whole + Number(ns % 1_000_000n) / 1e6, whole + 1 - STEP_MS);
}
