import type { JetStreamOptions } from "../../engine-options.ts";

/** Bounds of what comes in at the doors of streams. */
export interface IngestLimits
  extends Pick<
    JetStreamOptions,
    "batch" | "fastBatch" | "bufferedMessagesMax" | "bufferedBytesMax"
  > {
  /** Bytes of a message, headers included, that the server takes; what it makes itself of one keeps to it, too. */
  readonly payloadMax: number;
}

/**
 * What the doors of all streams of a server share: their limits, and how much of them is used. The streams count up and
 * down themselves.
 */
export class IngestRoom {
  limits: IngestLimits;
  /** Open atomic batches. */
  atomicBatches = 0;
  /** Open fast batches. */
  fastBatches = 0;
  /** Bytes of the messages of open atomic batches. */
  stagedBytes = 0;

  constructor(limits: IngestLimits) {
    this.limits = limits;
  }
}
