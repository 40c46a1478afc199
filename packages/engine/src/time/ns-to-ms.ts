/** Milliseconds, with a fraction, of a duration on the wire. Exact to the nanosecond up to 104 days, to 2 µs beyond. */
export function nsToMs(ns: bigint): number {
  return Number(ns) / 1e6;
}
