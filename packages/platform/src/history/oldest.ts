/**
 * When the oldest message was stored that was not acknowledged, in seconds since 1970: 0 for none, -1 where nobody knows.
 * That is what is kept, since it stays as it is while nothing happens; how long ago that is does not.
 */
export type OldestSeconds = number;

export const unknownOldest = -1;

/** @param atMs - `null` where nobody knows. */
export function oldestSeconds(atMs: number | null): OldestSeconds {
  return atMs === null ? unknownOldest : Math.floor(atMs / 1_000);
}

/** The older one. What is known counts more than what is not. */
export function olderOf(one: OldestSeconds, other: OldestSeconds): OldestSeconds {
  if (one > 0 && other > 0) return Math.min(one, other);
  if (one > 0 || other > 0) return Math.max(one, other);
  return Math.min(one, other);
}

/** How long it has waited by then; `null` where nobody knows. */
export function lagMsAt(oldest: OldestSeconds | null | undefined, atMs: number): number | null {
  if (oldest === null || oldest === undefined || oldest < 0) return null;
  return oldest === 0 ? 0 : Math.max(0, atMs - oldest * 1_000);
}
