/** The limits of the log store, each with its reason. */
export const LIMITS: {
  readonly recordSizeMax: number;
  readonly segmentSizeMax: number;
  readonly memorySegmentSizeMax: number;
  readonly segmentEntriesMax: number;
  readonly journalSizeMax: number;
  readonly checkpointBytesPerLog: number;
  readonly earlyCommitSize: number;
  readonly stagedBytesMax: number;
  readonly residentBytesMax: number;
  readonly segmentWriteSize: number;
  readonly pooledBlocksMax: number;
  readonly readAheadSize: number;
  readonly readCacheSize: number;
  readonly segmentSpanMsMax: number;
} = {
  /** Bytes of one record; leaves room for the largest message a server may be configured to take (64 MiB). */
  recordSizeMax: 80 * 1024 * 1024,
  /** Bytes of a segment file before the next one is begun. Bounds what a start must scan, and what trimming keeps. */
  segmentSizeMax: 64 * 1024 * 1024,
  /** The same for logs in memory, where a dropped segment gives its memory back at once. */
  memorySegmentSizeMax: 4 * 1024 * 1024,
  /** Entries of a segment's index: 12 bytes of memory each. */
  segmentEntriesMax: 1 << 20,
  /**
   * Bytes of a journal file before the store checkpoints and goes on in the next one. Small, because files that are
   * written over again and again stay in the page cache, and what waits in memory for a checkpoint in the processor's:
   * 16 MiB took a quarter more 1 KiB messages a second than 64 MiB.
   */
  journalSizeMax: 16 * 1024 * 1024,
  /** Bytes of a journal file for each log with new messages, where that is more. */
  checkpointBytesPerLog: 128 * 1024,
  /** Bytes that wait for a commit before one begins in the middle of a turn. */
  earlyCommitSize: 128 * 1024,
  /** Bytes that wait for a commit before the store asks its users to stop appending. */
  stagedBytesMax: 32 * 1024 * 1024,
  /** Bytes of committed records held in memory for want of a checkpoint, before the store asks its users to stop. */
  residentBytesMax: 256 * 1024 * 1024,
  /**
   * Bytes that a checkpoint writes to a segment in one go. A large write keeps a processor to itself: while 16 MiB were
   * written at once, a commit took 10 ms where it takes 2 with this, and 0.4 without a checkpoint (2 cores). Each write
   * waits for its turn, so that with 120 KiB checkpoints fell behind the journal: durable publishes of 1 KiB came at 0.84
   * of the rate, with 300 MiB resident instead of 180.
   */
  segmentWriteSize: 1024 * 1024,
  /** Blocks of 1 MiB kept for further records after a checkpoint. */
  pooledBlocksMax: 96,
  /** Bytes of one read-ahead from a segment file. */
  readAheadSize: 512 * 1024,
  /** Bytes of read-ahead kept for further readers. */
  readCacheSize: 32 * 1024 * 1024,
  /** Milliseconds between a segment's first and last record, what 32 bits hold. */
  segmentSpanMsMax: 0xffffffff,
};
