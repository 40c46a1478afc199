import type { AuditEntry, Requester } from "oxbow/control";

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
