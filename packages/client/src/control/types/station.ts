/** Which stations are listed. */
export interface StationFilter {
  /** Only those with this tag. */
  readonly tag?: string;
}

/** What of a station is purged. */
export interface PurgeRequest {
  /** Which partition; all by default. */
  readonly partition?: number;
  /** Only messages of this key, and of keys below it with `.>`; of a plain client's stream, of this subject. */
  readonly key?: string;
}

/** How many messages were removed. */
export interface Purged {
  readonly purged: number;
}

/** One message of a partition. */
export interface MessageRequest {
  /** From 1. */
  readonly partition: number;
  readonly sequence: number;
}
