import type { Place } from "../../groups/place.ts";
import type { NameFilter } from "./common.ts";

/** Which groups are listed. */
export interface GroupFilter extends NameFilter {
  /** Only those of this station, or of those that a pattern means, such as `prod.*`, `orders-*` and `prod.>`. */
  readonly station?: string;
  /** Only those of this name: what a group over several stations is in each of them. */
  readonly group?: string;
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
  /** As of the whole group. */
  readonly messages: number;
  readonly ageMs: number;
}

/** How far a group is behind. */
export interface GroupLag {
  /** Messages that are not acknowledged: never delivered, or in flight. What was given up does not count. */
  readonly messages: number;
  /**
   * Age of the oldest of them by the server's clock; 0 if there are none. Of a group with messages in flight it is that
   * of the first message behind all that is acknowledged, which can be one that was given up; of one that started with
   * the last message of each key it can be one of those that were left out.
   */
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
  /** As of the whole rewind. */
  readonly deliveredAgain: number;
  readonly skipped: number;
}

/** What a rewind does, or would do. Counts are of the moment: what happens meanwhile may be counted or not. */
export interface Rewound {
  readonly partitions: readonly RewoundPartition[];
  /** Messages that were delivered before, acknowledged or not, and will be delivered again. */
  readonly deliveredAgain: number;
  /**
   * Messages that will not be delivered though they were not acknowledged: those never delivered, which is exact, and
   * those in flight. Of these it is only known how many there are, not where: it counts as many as there may be.
   */
  readonly skipped: number;
}
