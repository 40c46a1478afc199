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

/** The record of what is about to be changed. */
export interface BeginRecord {
  readonly version: 1;
  readonly phase: "begin";
  readonly id: string;
  readonly at: string;
  readonly operation: string;
  readonly names: Readonly<Record<string, string>>;
  readonly who: Requester | null;
  readonly request: unknown;
  readonly before: unknown;
}

/** The record of what became of it. */
export interface EndRecord {
  readonly version: 1;
  readonly phase: "end";
  readonly id: string;
  readonly at: string;
  readonly outcome: "done" | "failed";
  readonly after: unknown;
  readonly error: string | null;
}

export type AuditRecord = BeginRecord | EndRecord;

/** The record that a message holds; `undefined` for one that this program can't read. */
export function readRecord(text: string): AuditRecord | undefined {
  try {
    const record = JSON.parse(text) as Partial<AuditRecord> | null;
    const isRecord = record?.version === 1 && typeof record.id === "string";
    const isKnown = record?.phase === "begin" || record?.phase === "end";
    return isRecord && isKnown ? (record as AuditRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** What two records say together; without the second one, nobody knows what became of it. */
export function entryOf(sequence: number, begin: BeginRecord, end?: EndRecord): AuditEntry {
  const { version: _, phase: __, at, ...rest } = begin;
  return {
    ...rest,
    sequence,
    startedAt: at,
    endedAt: end?.at ?? null,
    outcome: end?.outcome ?? "unknown",
    after: end?.after ?? null,
    error: end?.error ?? null,
  };
}
