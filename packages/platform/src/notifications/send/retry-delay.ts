import { notificationLimits } from "../limits.ts";

/** After the first attempts; then as long as it may be at most. */
const delaysMs: readonly number[] = [5_000, 30_000, 120_000, 300_000, 600_000, 1_800_000];

/**
 * How long to wait after so many attempts have failed, a little more or less each time so that many do not come together.
 *
 * @param random - 0 to 1.
 */
export function retryDelayMs(attempts: number, random: number, retryAfterMs = 0): number {
  const base = delaysMs[attempts - 1] ?? notificationLimits.retryDelayMsMax;
  const spread = base * (0.9 + 0.2 * random);
  return Math.max(Math.min(spread, notificationLimits.retryDelayMsMax), retryAfterMs);
}
