/** How far a search is. */
export interface SearchProgress {
  /** Messages that were looked at. */
  readonly scanned: number;
  readonly matched: number;
  /** Sequences that are left: messages there may be fewer. */
  readonly remaining: number;
  /** When the last message that was looked at was stored. */
  readonly time: string | null;
  /** Messages that the expression could not be tried on, and why the first of them. */
  readonly failed: number;
  readonly failure: string | null;
}

/** Why a search has stopped: all was looked at, enough was found, or enough was looked at. */
export type SearchReason = "all" | "limit" | "scanned";

/** How a search was when it stopped. */
export interface SearchEnd extends SearchProgress {
  readonly reason: SearchReason;
  /** `after` of a search that goes on; `null` if there is nothing left. */
  readonly next: string | null;
}
