import type { StationRequest } from "../../stations/station-settings.ts";

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

/** What stations are like where nobody says so. */
export interface StationDefaults {
  /** Whether a station that somebody produces to, and that there is not, is made. By default not. */
  readonly isAutoCreated: boolean;
  /** Settings of stations that are made from then on, where the request says nothing else. */
  readonly settings: StationRequest;
}

/** What of it is changed; `settings` are replaced as a whole. */
export type StationDefaultsChanges = Partial<StationDefaults>;

/** Messages that are removed, 1 to 1,000. */
export interface MessagesRequest {
  readonly messages: readonly MessageRequest[];
}

/** How many of them were there. */
export interface Removed {
  readonly removed: number;
}

/** One message of a partition. */
export interface MessageRequest {
  /** From 1. */
  readonly partition: number;
  readonly sequence: number;
}
