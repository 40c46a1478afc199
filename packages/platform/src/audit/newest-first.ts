import type { AuditAnswer, AuditEntry } from "oxbow/control";
import { type BeginRecord, type EndRecord, entryOf, readRecord } from "./record.ts";
import type { RecordsBackwards } from "./records-backwards.ts";

/** Where to begin, and how far to go. */
interface BackwardsQuestion {
  readonly before?: number;
  readonly since?: string;
  readonly limit: number;
  /** Records that are looked at. */
  readonly recordsMax: number;
}

/** Within so many records what became of a change is looked for. */
const endsWithin = 2_000;

/** The latest changes first. Going backwards, what became of a change is seen before the change. */
export async function newestFirst(
  records: RecordsBackwards,
  { before, since, limit, recordsMax }: BackwardsQuestion,
  isWanted: (begin: BeginRecord) => boolean,
): Promise<AuditAnswer> {
  const sinceMs = since === undefined ? 0 : Date.parse(since);
  const ends = new Map<string, EndRecord>();
  const entries: AuditEntry[] = [];
  let lookedAt = 0;
  for await (const part of records.parts(before === undefined ? undefined : before + endsWithin)) {
    for (const { sequence, storedAtMs, text } of part.records.toReversed()) {
      const record = readRecord(text);
      if (storedAtMs < sinceMs) return { entries, next: null };
      if (record?.phase === "end") ends.set(record.id, record);
      if (record?.phase !== "begin") continue;
      const end = ends.get(record.id);
      ends.delete(record.id);
      if ((before !== undefined && sequence >= before) || !isWanted(record)) continue;
      if (entries.length === limit) return { entries, next: entries.at(-1)?.sequence ?? null };
      entries.push(entryOf(sequence, record, end));
    }
    lookedAt += part.records.length;
    if (lookedAt > recordsMax) return { entries, next: part.from };
  }
  return { entries, next: null };
}
