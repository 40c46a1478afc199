/** What a request about objects may ask for. */
export const objectLimits: {
  /** Bytes of an object. */
  readonly objectBytesMax: number;
  /** Bytes of a piece in which it is stored, if messages may be as large. */
  readonly chunkBytes: number;
  /** Pieces of an object fetched ahead of who reads it, or stored ahead of what is known to be stored. */
  readonly chunksAheadMax: number;
} = {
  objectBytesMax: 1024 * 1024 * 1024,
  chunkBytes: 128 * 1024,
  chunksAheadMax: 8,
};
