/** A partition of a station, in numbers. */
export interface PartitionMetrics {
  /** From 1. */
  readonly number: number;
  readonly messages: number;
  readonly bytes: number;
  /** Messages that were ever stored there. */
  readonly storedMessages: number;
  /** Bytes of those that were stored since the server started; `null` where the server does not count. */
  readonly storedBytes: number | null;
  /** Beyond which new messages are refused; `null` where they are not, since the oldest go, or there is no limit. */
  readonly messagesMax: number | null;
  readonly bytesMax: number | null;
}

/** A group in one partition, in numbers. */
export interface GroupPartitionMetrics {
  readonly number: number;
  /** Deliveries since it was made, those that were tried again included. */
  readonly delivered: number;
  /** Bytes of those since the server started; `null` where the server does not count. */
  readonly deliveredBytes: number | null;
  /** Deliveries up to which all are acknowledged. */
  readonly acknowledged: number;
  /** Messages that were never delivered, and those that are being worked on. */
  readonly waiting: number;
  readonly inFlight: number;
  /** How many may be worked on at a time; 0 for any number. */
  readonly inFlightMax: number;
  readonly redelivered: number;
  /** Age of the oldest message that is not acknowledged; 0 if there is none, `null` where it is not known. */
  readonly lagMs: number | null;
}

export interface GroupMetrics {
  readonly group: string;
  readonly partitions: readonly GroupPartitionMetrics[];
}

/** A station in numbers, for monitoring. */
export interface StationMetrics {
  readonly station: string;
  /** As of half a minute ago at most; `null` where they are too many to be counted each time. */
  readonly deadLetters: number | null;
  readonly partitions: readonly PartitionMetrics[];
  readonly groups: readonly GroupMetrics[];
}
