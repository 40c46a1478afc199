/** What a log keeps; older messages are removed when an append goes beyond. `Infinity` is no limit. */
export interface LogLimits {
  readonly countMax: number;
  readonly bytesMax: number;
  /** Milliseconds after which a message has expired, unless its lifetime is `TTL_NEVER`. */
  readonly ageMsMax: number;
  readonly perSubjectMax: number;
  /** Whether messages expire at the end of the lifetime that they were appended with. */
  readonly honoursTtls: boolean;
}

/** No limits. */
export const UNLIMITED: LogLimits = {
  countMax: Number.POSITIVE_INFINITY,
  bytesMax: Number.POSITIVE_INFINITY,
  ageMsMax: Number.POSITIVE_INFINITY,
  perSubjectMax: Number.POSITIVE_INFINITY,
  honoursTtls: false,
};
