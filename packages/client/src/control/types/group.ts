import type { Place } from "../../groups/place.ts";

/** Which groups are listed. */
export interface GroupFilter {
  /** Only those of this station. */
  readonly station?: string;
}

/** Until when a group pauses. */
export interface PauseRequest {
  /** A time to come: a `Date`, or text as of ISO 8601 with its zone. */
  readonly until: string | Date;
}

/** How far a group is behind, in one partition. */
export interface PartitionLag {
  /** From 1. */
  readonly number: number;
  readonly messages: number;
  readonly ageMs: number;
}

/** How far a group is behind. */
export interface GroupLag {
  /** Messages that are not acknowledged: never delivered, or in flight. */
  readonly messages: number;
  /** Age of the oldest of them by the server's clock; 0 if there are none. */
  readonly ageMs: number;
  readonly partitions: readonly PartitionLag[];
}

/** Where a group is rewound to, and how. */
export interface RewindRequest {
  readonly to: Place;
  /** Which partition; all by default. */
  readonly partition?: number;
  /** Only count. */
  readonly isDryRun?: boolean;
}

/** What a rewind does, or would do, in one partition. */
export interface RewoundPartition {
  /** From 1. */
  readonly number: number;
  /** The message that is delivered next, or a later one. */
  readonly sequence: number;
  readonly deliveredAgain: number;
  readonly skipped: number;
}

/** What a rewind does, or would do. Counts are of the moment. */
export interface Rewound {
  readonly partitions: readonly RewoundPartition[];
  /** Messages that were delivered before, acknowledged or not, and will be delivered again. */
  readonly deliveredAgain: number;
  /** Messages that will not be delivered though they were not acknowledged. */
  readonly skipped: number;
}
