/** How long something has run, in whole seconds, as nats-server writes it: `1d2h3m4s`. Years have 365 days. */
export function formatUptime(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  const parts: readonly (readonly [count: number, unit: string])[] = [
    [Math.floor(seconds / 31_536_000), "y"],
    [Math.floor(seconds / 86_400) % 365, "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  return (first === -1 ? parts.slice(-1) : parts.slice(first))
    .map(([count, unit]) => `${count}${unit}`)
    .join("");
}
