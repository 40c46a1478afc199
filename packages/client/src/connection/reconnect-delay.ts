/** The least and the most time between two attempts to connect again, before jitter. */
export const reconnectDelayMsMin = 100;
export const reconnectDelayMsMax = 5_000;
/** A delay is up to this part longer, by chance, so that clients of a server that was away do not all come at once. */
const jitterPart = 0.4;

/**
 * Time to wait after an attempt to connect again. It grows with the time without a connection, so that attempts come at
 * 0.1, 0.2, 0.4 … seconds, and later every five.
 *
 * @param downMs - Time since the connection was lost.
 * @param chance - 0 to 1.
 */
export function reconnectDelayMs(downMs: number, chance: number): number {
  const base = Math.min(Math.max(downMs, reconnectDelayMsMin), reconnectDelayMsMax);
  return base * (1 + jitterPart * chance);
}
