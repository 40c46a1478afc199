import { parseGoDuration } from "@oxbow/wire/go-text";

/**
 * Milliseconds, with a fraction, of a duration as Go writes it: `10s`, `1m30s`, `1.5h`, `-1s`. A day has no unit there. `0`
 * needs none. Returns `undefined` for anything else, and for what does not fit into 64 bits of nanoseconds (292 years).
 */
export function parseGoDurationMs(text: string): number | undefined {
  const ns = parseGoDuration(text);
  return ns === undefined ? undefined : Number(ns) / 1e6;
}
