/** What a request about buckets may ask for. */
export const kvLimits: {
  /** Bytes of a value; what the server takes may be less. */
  readonly valueBytesMax: number;
  /** Messages fetched ahead for whoever watches. */
  readonly watchAheadMax: number;
  /** How often a watch without news says that it is still there. */
  readonly heartbeatMs: number;
} = {
  valueBytesMax: 64 * 1024 * 1024,
  watchAheadMax: 64,
  heartbeatMs: 15_000,
};
