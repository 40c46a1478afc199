import type { Disk, DiskFile } from "@oxbow/base";
import type { BlockPool } from "./block-pool.ts";
import type { SegmentFiles } from "./blocked-file/segment-files.ts";
import { call, readRange } from "./disk-files.ts";
import { logError } from "./errors.ts";
import type { Journal } from "./journal/journal.ts";
import type { Log } from "./log.ts";
import { closeFile, LogFiles } from "./log-files.ts";
import type { LogStorage } from "./log-storage.ts";
import type { ReadCache } from "./read-cache.ts";
import {
  encodeGap,
  encodeMessage,
  eraseRecord,
  MESSAGE_HEAD_SIZE,
  type RecordView,
} from "./record.ts";
import { planCompaction } from "./segment/compaction.ts";
import type { Segment } from "./segment/segment.ts";
import { Tail, type TailChunk } from "./tail.ts";

/** What the storage of a log shares with the store. */
export interface FileStorageContext {
  readonly disk: Disk;
  readonly files: SegmentFiles;
  /** Set once the store has recovered, before anything is appended. */
  journal: Journal | undefined;
  readonly cache: ReadCache;
  readonly storeId: Buffer;
  /** Memory for records that wait for a checkpoint. */
  readonly blocks: BlockPool;
  readonly segmentSizeMax: number;
  /** Bytes of committed records in memory, over all logs of the store. */
  residentSize: number;
  /** Told when a log has changes beside its appends. */
  logTouched: (log: Log) => void;
  /** Files that recovery has opened: what is to be closed if it fails. */
  readonly opened: Set<DiskFile>;
}

/** Where the files of log `id` lie. */
export function logDirectory(storeDirectory: string, id: number): string {
  return `${storeDirectory}/logs/${id.toString(16).padStart(8, "0")}`;
}

/**
 * The messages of a log behind the journal: in memory from their commit until a checkpoint writes them to the segment
 * files of the log's own directory, from then on read from there.
 */
export class FileStorage implements LogStorage {
  readonly commitsAtOnce = false;
  readonly segmentSizeMax: number;
  readonly #context: FileStorageContext;
  readonly #tail: Tail;
  readonly #files: LogFiles;
  #isClosed = false;
  #lastChunk: TailChunk | undefined;
  /** Whether records were read from files since the last checkpoint: somebody follows, and what comes will be read, too. */
  #isRead = false;

  constructor(context: FileStorageContext, directory: string, hasDirectory: boolean) {
    this.#context = context;
    this.#tail = new Tail(context.blocks);
    this.#files = new LogFiles(directory, hasDirectory, context, () =>
      call((done) => this.#journal.afterSync(done)),
    );
    this.segmentSizeMax = context.segmentSizeMax;
  }

  get directory(): string {
    return this.#files.directory;
  }

  get #journal(): Journal {
    return this.#context.journal as Journal;
  }

  /** Bytes of committed records that are in memory and not yet in a segment file. */
  get residentSize(): number {
    return this.#tail.size;
  }

  prepare(sizeBytes: number): boolean {
    try {
      this.#journal.reserve(sizeBytes);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

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
  ): void {
    const journal = this.#journal;
    encodeMessage(
      journal.reserve(size),
      journal.at,
      log.id,
      sequence,
      count,
      timestampMs,
      subject,
      subjectStart,
      subjectEnd,
      body,
      headersSize,
      bodyStart,
      bodyEnd,
      ttlSeconds,
    );
    journal.stagedMessage(log, segment, segment.end, size, sequence + count - 1);
  }

  appendGap(
    log: Log,
    segment: Segment,
    sequence: number,
    count: number,
    timestampMs: number,
  ): void {
    const journal = this.#journal;
    const block = journal.reserve(MESSAGE_HEAD_SIZE);
    encodeGap(block, journal.at, log.id, sequence, count, timestampMs);
    journal.stagedMessage(log, segment, segment.end, MESSAGE_HEAD_SIZE, sequence + count - 1);
  }

  keep(segment: Segment, position: number, source: Buffer, start: number, end: number): void {
    if (this.#isClosed) return;
    this.#tail.append(segment, position, source, start, end);
    this.#context.residentSize += end - start;
  }

  read(segment: Segment, position: number, view: RecordView): boolean {
    if (position >= segment.fileEnd) {
      const chunk = this.#tailChunk(segment, position);
      if (chunk === undefined) return false;
      view.set(chunk.block, position - chunk.start);
      return true;
    }
    const window = this.#context.cache.find(segment, position);
    if (window === undefined) return false;
    view.set(window.block, position - window.start);
    return true;
  }

  load(
    segment: Segment,
    index: number,
    onDamaged: (index: number) => void,
    done: (error: Error | null) => void,
  ): void {
    const position = segment.positions[index] as number;
    if (this.#isClosed) done(logError("LOG_CLOSED", "the log was closed while it was read"));
    else if (position >= segment.fileEnd || segment.file === undefined) done(null);
    else {
      this.#isRead = true;
      this.#context.cache.load(segment, index, onDamaged, done);
    }
  }

  afterCommit(run: (error: Error | null) => void): void {
    this.#journal.afterCommit(run);
  }

  touched(log: Log): void {
    this.#context.logTouched(log);
  }

  /** Nothing to be done at once: the next checkpoint looks at all segments. */
  thinned(_log: Log, _segment: Segment): void {}

  drop(segment: Segment): void {
    this.#context.cache.drop(segment);
    this.#context.residentSize += this.#releasing(() => this.#tail.drop(segment));
    this.#files.drop(segment);
  }

  /** Whether a checkpoint has anything to do here. */
  needsCheckpoint(log: Log): boolean {
    const { segments } = log;
    return (
      this.#tail.size > 0 ||
      this.#files.obsolete.length > 0 ||
      segments.some((segment) => segment.hasUnsavedRemovals && segment.file !== undefined) ||
      segments.some(
        (segment, index) => (index < segments.length - 1 || segment.isExposed) && canSeal(segment),
      ) ||
      this.#compactions(log).length > 0
    );
  }

  /**
   * Brings everything committed until now to the segment files, durably: records, then tombstones, then the index of
   * segments that are full; removes the files of dropped segments, and compacts. One call at a time.
   *
   * Whatever it relies on is durable in the journal first: a message may leave a file only after its removal is.
   */
  async checkpoint(log: Log): Promise<void> {
    const isRead = this.#isRead;
    this.#isRead = false;
    for (const segment of [...log.segments]) {
      if (segment.fileEnd < segment.end) await this.#flush(log, segment, isRead);
      // What was dropped meanwhile has left the tail already.
      const { fileEnd } = segment;
      this.#context.residentSize += this.#releasing(() => this.#tail.release(segment, fileEnd));
      // The next file may only be begun when this one is whole: recovery relies on it.
      if (!segment.isDropped && fileEnd < segment.end) break;
    }
    this.#lastChunk = undefined;
    for (const segment of [...log.segments]) {
      // Without a file there is nothing that a removal could be missing from: its messages are not committed yet.
      if (segment.hasUnsavedRemovals && segment.file !== undefined) {
        await this.#files.saveTombstones(log, segment);
      }
      const isFull = segment !== log.segments.at(-1) || segment.isExposed;
      if (isFull && canSeal(segment)) await this.#files.seal(log, segment);
    }
    await this.#files.removeObsolete();
    for (const group of this.#compactions(log)) await this.#files.compact(log, group);
  }

  /** Overwrites the record of a removed message where a segment file holds it; the journal is the store's business. */
  async erase(log: Log, sequence: number): Promise<void> {
    const segment = log.segments.find(({ sequenceEnd }) => sequence < sequenceEnd);
    const entry = segment === undefined ? -1 : segment.indexOf(sequence);
    // A dropped segment goes as a whole; from a compacted one the record is gone.
    if (segment === undefined || entry < 0) return;
    const head = segment.headOf(entry);
    const position = segment.positions[head] as number;
    if (position >= segment.fileEnd) {
      const chunk = this.#tail.find(segment, position);
      if (chunk !== undefined) eraseRecord(chunk.block, position - chunk.start);
      return;
    }
    const file = segment.file as DiskFile;
    this.#context.cache.drop(segment);
    const block = await readRange(file, "SEGMENT:ERASE-READ", position, segment.sizeAt(head));
    eraseRecord(block, 0);
    await call((done) => file.commit("SEGMENT:ERASE", [block.bytes], position, done));
  }

  /** Closes all files and gives the memory back. The log must not be used any more. */
  async close(log: Log): Promise<void> {
    this.#isClosed = true;
    for (const segment of [...log.segments, ...this.#files.obsolete]) {
      this.#context.cache.drop(segment);
      this.#context.residentSize += this.#releasing(() => this.#tail.drop(segment));
      await closeFile(segment);
    }
  }

  #tailChunk(segment: Segment, position: number): TailChunk | undefined {
    const last = this.#lastChunk;
    if (
      last !== undefined &&
      last.segment === segment &&
      position >= last.start &&
      position < last.start + last.used
    ) {
      return last;
    }
    this.#lastChunk = this.#tail.find(segment, position);
    return this.#lastChunk;
  }

  /** Runs `release` and returns by how much it changed what is held in memory: never more than before. */
  #releasing(release: () => void): number {
    const before = this.#tail.size;
    release();
    return this.#tail.size - before;
  }

  #compactions(log: Log): Segment[][] {
    const exposed = log.segments.filter(
      ({ isExposed, sealed, isDamaged }) => isExposed && sealed && !isDamaged,
    );
    if (exposed.length > 0) return exposed.map((segment) => [segment]);
    return planCompaction(
      log.segments,
      this.segmentSizeMax,
      (segment) => segment.sealed && !segment.isDamaged,
    );
  }

  async #flush(log: Log, segment: Segment, isRead: boolean): Promise<void> {
    const { fileEnd } = segment;
    const buffers = this.#tail
      .chunksOf(segment)
      .filter((chunk) => chunk.start + chunk.used > fileEnd)
      .map(({ block, start, used }) => block.bytes.subarray(Math.max(0, fileEnd - start), used));
    if (buffers.length === 0) return;
    await this.#files.append(log, segment, buffers, isRead);
  }
}

/** Whether the segment, which is not the newest, is whole in its file and still lacks its index there. */
function canSeal(segment: Segment): boolean {
  return (
    !segment.sealed &&
    !segment.isDamaged &&
    !segment.isDropped &&
    segment.file !== undefined &&
    segment.fileEnd === segment.end
  );
}
