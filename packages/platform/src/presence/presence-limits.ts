/** What is kept of producers and consumers, and for how long. */
export interface PresenceLimits {
  /** Producers and consumers of an account; further ones are not shown. */
  readonly presentMax: number;
  /** Of these, announced by one connection, where the server tells which that is. */
  readonly announcedPerConnectionMax: number;
  /** Bytes of an announcement. */
  readonly announcementBytesMax: number;
  /** Records that are written at a time. */
  readonly writesMax: number;
  /** Time for which an announcement holds, at least and at most, in milliseconds. */
  readonly holdsMsMin: number;
  readonly holdsMsMax: number;
}

export const presenceLimits: PresenceLimits = {
  presentMax: 10_000,
  announcedPerConnectionMax: 1_000,
  announcementBytesMax: 2_048,
  writesMax: 16,
  holdsMsMin: 1_000,
  holdsMsMax: 600_000,
};
