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
}

/** Who answers. */
export interface PlatformInfo {
  /** Version of the contract: it rises with what a client of the version before would not understand. */
  readonly api: number;
  /** Version of the program that answers. */
  readonly version: string;
}
