import type { UserPermissionLimits } from "./claims.ts";
import { remainingMs } from "./daily-range.ts";

/** Whether a user may be connected now, and until when; `undefined` is for good. */
export type UserExpiry =
  | { readonly isNow: true; readonly expiresAtMs: number | undefined }
  | { readonly isNow: false };

/**
 * Looks at the times a user may be connected, and when its JWT ends.
 *
 * @param exp - Seconds since 1970; 0 is never.
 */
export function expiryOf(
  exp: number,
  limits: Pick<UserPermissionLimits, "times" | "times_location">,
  nowMs: number,
): UserExpiry {
  const expiresAtMs = exp === 0 ? undefined : exp * 1000;
  if (limits.times.length === 0) return { isNow: true, expiresAtMs };
  const leftMs = remainingMs(limits.times, limits.times_location, nowMs);
  if (leftMs === undefined) return { isNow: false };
  return { isNow: true, expiresAtMs: Math.min(expiresAtMs ?? Infinity, nowMs + leftMs) };
}
