const factorsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Milliseconds of a duration such as `10s`, `1m30s`, `500ms` or `1.5h`; the units are ns, us, ms, s, m, h and d.
 * `0` needs no unit. Returns `undefined` for anything else.
 */
export function parseDurationMs(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g)) {
    totalMs += Number(number) * (factorsMs[unit ?? ""] ?? Number.NaN);
  }
  return Number.isFinite(totalMs) ? totalMs : undefined;
}

/** A duration in the form {@link parseDurationMs} reads, with the two largest units that matter: `1h30m`, `2.5s`. */
export function formatDurationMs(durationMs: number): string {
  if (durationMs < 1)
    return durationMs === 0 ? "0s" : `${trimZeros((durationMs * 1000).toFixed(1))}us`;
  if (durationMs < 1000) return `${trimZeros(durationMs.toFixed(durationMs < 10 ? 2 : 1))}ms`;
  if (durationMs < 60_000) return `${trimZeros((durationMs / 1000).toFixed(2))}s`;
  const seconds = Math.round(durationMs / 1000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join("");
}

function trimZeros(number: string): string {
  return number.includes(".") ? number.replace(/\.?0+$/, "") : number;
}
