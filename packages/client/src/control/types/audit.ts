/** Who asked for a change, as the server knows it. */
export interface Requester {
  readonly user: string;
  readonly account: string;
  /** Address of the client. */
  readonly address: string;
  /** What the connection calls itself. */
  readonly connection: string;
  /** Number of the connection in its server. */
  readonly clientId: number | null;
}

/** What was changed, and by whom. */
export interface AuditEntry {
  /** Of the request: its records have it in common. */
  readonly id: string;
  /** Sequence of its first record. */
  readonly sequence: number;
  readonly operation: string;
  /** Names of what it is about, by their kinds. */
  readonly names: Readonly<Record<string, string>>;
  /** `null` where the server does not tell who asks. */
  readonly who: Requester | null;
  /** What was asked for, without secrets. */
  readonly request: unknown;
  readonly startedAt: string;
  /** `null` while it is under way, and for ever if whoever carried it out died: it may have happened, or not. */
  readonly endedAt: string | null;
  readonly outcome: "done" | "failed" | "unknown";
  /** What it was like before, and after; `null` if it was not there. */
  readonly before: unknown;
  readonly after: unknown;
  /** Why it failed. */
  readonly error: string | null;
}

/** Which entries are asked for. */
export interface AuditQuestion {
  /** `station`, or `station.purge`. */
  readonly operation?: string;
  /** The name of what it was about, whatever its kind. */
  readonly name?: string;
  readonly user?: string;
  /** Times as of RFC 3339, of the beginning of a change. */
  readonly since?: string;
  readonly until?: string;
  /** Entries whose sequence is above this one: where the last answer ended. */
  readonly after?: number;
  /** With `newest`, the latest come first; `oldest` by default. */
  readonly order?: "oldest" | "newest";
  /** Newest first: entries whose sequence is below this one. */
  readonly before?: number;
  /** 1 to 1,000; by default 100. */
  readonly limit?: number;
}

/** Entries in their order, the oldest or the newest first, and where the next ones begin. */
export interface AuditAnswer {
  readonly entries: readonly AuditEntry[];
  /** `after` of the question for what follows, `before` if the newest come first; `null` if there is nothing more. */
  readonly next: number | null;
}
