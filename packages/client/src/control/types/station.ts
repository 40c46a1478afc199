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
  /** Only count. */
  readonly isDryRun?: boolean;
}

/** How many messages were removed, or would be. */
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

/** Messages that are to be taken away as a file. */
export interface ExportRequest {
  /** What the file is to be. */
  readonly format: "ndjson" | "csv";
  /** Messages at most. */
  readonly limit: number;
}

/** That they may be. */
export interface Exported {
  readonly isAllowed: true;
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

/** How stations can be put in order. */
export type StationOrder =
  | "name"
  | "messages"
  | "bytes"
  | "groups"
  | "createdAt"
  /** By the messages that come in a second. */
  | "rate";

/** Which stations are browsed, and in which order. All that is said holds. */
export interface BrowseRequest {
  /** A part of their names, descriptions or tags, in capitals or not. Up to 256 characters. */
  readonly search?: string;
  /** They have all of these tags, up to 32. */
  readonly tags?: readonly string[];
  /** One of these, up to 1,000. */
  readonly names?: readonly string[];
  /** `name` by default. */
  readonly sort?: StationOrder;
  readonly isDescending?: boolean;
  /** How many are left out at the beginning. */
  readonly skip?: number;
  /** 1 to 1,000; 100 by default. */
  readonly limit?: number;
  /**
   * How old what the platform knows may be in ms, up to 60,000; 0 by default, which has it read all streams of the account.
   * What is told of the stations of the answer is of the moment all the same: only their order, and which of them match, may
   * be as old.
   */
  readonly ageMsMax?: number;
}

/** What is shown of a station in a list. */
export interface StationSummary {
  readonly name: string;
  /** As of {@link Station}. */
  readonly isManaged: boolean;
  readonly description: string;
  readonly tags: readonly string[];
  readonly createdAt: string;
  readonly partitions: number;
  /** The most that one of its partitions has. */
  readonly groups: number;
  readonly messages: number;
  readonly bytes: number;
  readonly maxAgeMs: number;
  /** Messages that were stored, since there is the station. */
  readonly stored: number;
  /** Messages that came in a second lately; `null` until it was looked at twice. */
  readonly messagesPerSecond: number | null;
  readonly problems: readonly string[];
}

/** A tag, and how many stations have it. */
export interface TagCount {
  readonly tag: string;
  readonly count: number;
}

/** Stations that were found. The platform's own are not among them. */
export interface BrowsedStations {
  readonly items: readonly StationSummary[];
  /** Stations that match. */
  readonly total: number;
  /** Stations that there are. */
  readonly all: number;
  /** Tags of those that match, the most frequent first, at most 100. */
  readonly tags: readonly TagCount[];
}
