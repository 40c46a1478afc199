import type { Role } from "./user.ts";

/** A request that says nothing but what its subject does. */
export type Nothing = Readonly<Record<never, never>>;

/** Part of a list that is asked for. */
export interface PageRequest {
  /** Where the page before ended: its `next`. */
  readonly after?: string;
  /** 1 to 1,000 items; 100 by default. A page has fewer if they would be too large for one message. */
  readonly limit?: number;
}

/** Which of those that have a name. */
export interface NameFilter {
  /** Only those with this in their names, in capitals or not; at most 256 characters. */
  readonly search?: string;
}

/** Part of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Items of the whole list, now. */
  readonly total: number;
  /** Where the next page begins; `null` after the last one. */
  readonly next: string | null;
}

/** Whether there was anything to delete. */
export interface Deleted {
  readonly isDeleted: boolean;
}

/** Who asks, and what it may do. */
export interface Caller {
  /** As it has logged in; `null` where the server does not tell who asks. */
  readonly user: string | null;
  readonly tenant: string | null;
  /** `null` for an application. */
  readonly role: Role | null;
  /** Patterns of stations whose messages it may read. */
  readonly read: readonly string[];
  /** Patterns of stations that it may write to. */
  readonly write: readonly string[];
  /** Operations that it may ask for, of some stations where they are about one: `station.create`. */
  readonly operations: readonly string[];
  /** What it may do with buckets and stores of objects, with some where it is about one: `kv.putValue`, as over HTTP. */
  readonly storage: readonly string[];
}

/** Who answers. */
export interface PlatformInfo {
  /** Version of the contract: it rises with what a client of the version before would not understand. */
  readonly api: number;
  /** Version of the program that answers. */
  readonly version: string;
}

/** How old what the platform knows may be. */
export interface TotalsRequest {
  /** In ms, up to 60,000; 0 by default, which has it read all streams and consumers of the account. */
  readonly ageMsMax?: number;
}

/** Something that is half done. */
export interface Unfinished {
  readonly station: string;
  /** `null` if it is the station itself. */
  readonly group: string | null;
  readonly problem: string;
}

/** What there is in all, of what who asks may see. */
export interface PlatformTotals {
  /** Without the platform's own. */
  readonly stations: number;
  readonly partitions: number;
  readonly messages: number;
  readonly bytes: number;
  readonly groups: number;
  readonly groupsPaused: number;
  /** Messages that were never delivered, of all groups. */
  readonly waiting: number;
  readonly inFlight: number;
  /** Stations and groups that are not as they are to be. */
  readonly unfinishedCount: number;
  /** The first of these, at most 20. */
  readonly unfinished: readonly Unfinished[];
}
