import type { Log } from "./log.ts";
import type { RecordView } from "./record.ts";
import type { Segment } from "./segment/segment.ts";

/** Where the bytes of a log lie: in files behind the journal, or in memory. */
export interface LogStorage {
  /** Whether an append is committed as soon as it is made. */
  readonly commitsAtOnce: boolean;
  /** Bytes after which a segment is followed by the next. */
  readonly segmentSizeMax: number;
  /** Takes memory for records of so many bytes, which are appended next; false if there is not that much. */
  prepare(sizeBytes: number): boolean;
  /** Takes the record of a message that lies at `segment.end`. */
  append(
    log: Log,
    segment: Segment,
    sequence: number,
    count: number,
    timestampMs: number,
    size: number,
    subject: Buffer,
    subjectStart: number,
    subjectEnd: number,
    body: Buffer,
    headersSize: number,
    bodyStart: number,
    bodyEnd: number,
    ttlSeconds: number,
  ): void;
  /** Takes the record of `count` sequences without a message that lies at `segment.end`. */
  appendGap(log: Log, segment: Segment, sequence: number, count: number, timestampMs: number): void;
  /** Takes a copy of committed records that lie in the segment from `position` on; not of a dropped one. */
  keep(segment: Segment, position: number, source: Buffer, start: number, end: number): void;
  /** Points `view` at the committed record at `position`; false if it is not in memory. */
  read(segment: Segment, position: number, view: RecordView): boolean;
  /** Brings the record of entry `index` into memory; tells of damaged ones before `done`. */
  load(
    segment: Segment,
    index: number,
    onDamaged: (index: number) => void,
    done: (error: Error | null) => void,
  ): void;
  /** Calls `run` when what was appended and removed until now is durable, or with the error if it never will be. */
  afterCommit(run: (error: Error | null) => void): void;
  /** The log has changes beside its appends, to be taken with `takeChanges`. */
  touched(log: Log): void;
  /** A message of the segment was removed from between others. */
  thinned(log: Log, segment: Segment): void;
  /** No message of the segment is left; its file may go once that is durable. */
  drop(segment: Segment): void;
}
