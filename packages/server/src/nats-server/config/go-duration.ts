const factorsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Milliseconds of a duration as Go writes it: `10s`, `1m30s`, `1.5h`, `-1s`. A day has no unit there. `0` needs none.
 * Returns `undefined` for anything else, and for what does not fit into 64 bits of nanoseconds (292 years).
 */
export function parseGoDurationMs(text: string): number | undefined {
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  const unsigned = text.slice(sign.length);
  if (unsigned === "0") return 0;
  if (unsigned === "") return undefined;
  let totalMs = 0;
  part.lastIndex = 0;
  while (part.lastIndex < unsigned.length) {
    const match = part.exec(unsigned);
    if (match === null) return undefined;
    totalMs += Number(match[1]) * (factorsMs[match[2] ?? ""] ?? Number.NaN);
  }
  if (totalMs * 1e6 > 2 ** 63) return undefined;
  return sign === "-" ? -totalMs : totalMs;
}
