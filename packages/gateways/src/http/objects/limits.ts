/** What a request about objects may ask for. */
export const objectLimits: {
  /** Bytes of an object. */
  readonly objectBytesMax: number;
  /** Pieces of an object fetched ahead of who reads it. */
  readonly chunksAheadMax: number;
} = {
  objectBytesMax: 1024 * 1024 * 1024,
  chunksAheadMax: 8,
};
