import { TTL_NEVER } from "@oxbow/log";
import { parseGoDuration } from "@oxbow/wire/go-text";

/** The shortest lifetime, in nanoseconds. */
const LIFETIME_NS_MIN = 1_000_000_000n;
/** The longest lifetime that is kept, in seconds: 136 years. A longer one becomes this. */
const LIFETIME_SECONDS_MAX = TTL_NEVER - 1;

/**
 * Reads the value of `Nats-TTL` (ADR-43): seconds, a Go duration of at least a second, or `never`.
 *
 * @returns Whole seconds, or `TTL_NEVER`; 0 for none at all; `undefined` for what is no lifetime.
 */
export function parseLifetime(text: string): number | undefined {
  if (text === "") return 0;
  if (text.toLowerCase() === "never") return TTL_NEVER;
  const duration = parseGoDuration(text);
  if (duration !== undefined) {
    return duration < LIFETIME_NS_MIN ? undefined : bounded(duration / LIFETIME_NS_MIN);
  }
  return /^\d{1,18}$/.test(text) ? bounded(BigInt(text)) : undefined;
}

function bounded(seconds: bigint): number {
  return Number(seconds > BigInt(LIFETIME_SECONDS_MAX) ? LIFETIME_SECONDS_MAX : seconds);
}
