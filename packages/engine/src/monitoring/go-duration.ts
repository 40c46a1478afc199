/** A duration as Go writes it: `0s`, `350ns`, `1.5µs`, `2.25ms`, `1m30s`. */
export function formatGoDuration(durationMs: number): string {
  const nanos = Math.round(durationMs * 1e6);
  if (nanos === 0) return "0s";
  if (nanos < 1e3) return `${nanos}ns`;
  if (nanos < 1e6) return `${decimal(nanos, 3)}µs`;
  if (nanos < 1e9) return `${decimal(nanos, 6)}ms`;
  const minutes = Math.floor(nanos / 60e9);
  const seconds = `${decimal(nanos - minutes * 60e9, 9)}s`;
  if (minutes === 0) return seconds;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds}` : `${hours}h${minutes % 60}m${seconds}`;
}

/** `value` divided by ten to the power of `digits`, without zeros at its end. */
function decimal(value: number, digits: number): string {
  const text = String(value).padStart(digits + 1, "0");
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`.replace(/\.?0+$/, "");
}
