import type { Disk, DiskFile } from "@oxbow/base";
import { allocateBlock } from "./block.ts";
import type { Journal } from "./journal.ts";
import type { Log } from "./log.ts";
import type { LogStorage } from "./log-storage.ts";
import type { ReadCache } from "./read-cache.ts";
import {
  encodeMessage,
  eraseRecord,
  FLAG_ERASED,
  KIND_REMOVED,
  RECORD_HEAD_SIZE,
  type RecordView,
  sealRecord,
} from "./record.ts";
import type { Segment } from "./segment.ts";
import {
  encodeSegmentHeader,
  encodeSegmentIndex,
  SEGMENT_HEADER_SIZE,
  segmentFileName,
  tombstoneFileName,
} from "./segment-format.ts";
import { Tail, type TailChunk } from "./tail.ts";
import { encodeSequences } from "./tombstones.ts";

/** What the storage of a log shares with the store. */
export interface FileStorageContext {
  readonly disk: Disk;
  /** Set once the store has recovered, before anything is appended. */
  journal: Journal | undefined;
  readonly cache: ReadCache;
  readonly storeId: Buffer;
  readonly segmentSizeMax: number;
  /** Bytes of committed records in memory, over all logs of the store. */
  residentSize: number;
  /** Told when a log has changes beside its appends. */
  logTouched: (log: Log) => void;
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
  readonly #directory: string;
  readonly #tail = new Tail();
  #hasDirectory: boolean;
  /** Dropped segments whose files go with the next checkpoint at the latest. */
  #obsolete: Segment[] = [];
  #lastChunk: TailChunk | undefined;

  constructor(context: FileStorageContext, directory: string, hasDirectory: boolean) {
    this.#context = context;
    this.#directory = directory;
    this.#hasDirectory = hasDirectory;
    this.segmentSizeMax = context.segmentSizeMax;
  }

  get directory(): string {
    return this.#directory;
  }

  get #journal(): Journal {
    return this.#context.journal as Journal;
  }

  /** Bytes of committed records that are in memory and not yet in a segment file. */
  get residentSize(): number {
    return this.#tail.size;
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
    );
    journal.stagedMessage(log, segment, segment.end, size, sequence + count - 1);
  }

  keep(segment: Segment, position: number, source: Buffer, start: number, end: number): void {
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
    if (position >= segment.fileEnd || segment.file === undefined) done(null);
    else this.#context.cache.load(segment, index, onDamaged, done);
  }

  afterCommit(run: (error: Error | null) => void): void {
    this.#journal.afterCommit(run);
  }

  touched(log: Log): void {
    this.#context.logTouched(log);
  }

  drop(_log: Log, segment: Segment): void {
    this.#context.cache.drop(segment);
    this.#obsolete.push(segment);
  }

  /** Whether a checkpoint has anything to do here. */
  needsCheckpoint(log: Log): boolean {
    return (
      this.#tail.size > 0 ||
      this.#obsolete.length > 0 ||
      log.segments.some((segment) => segment.unsavedRemovals.length > 0)
    );
  }

  /**
   * Brings everything committed until now to the segment files, durably: records, then the index of segments that are
   * full, then tombstones; and removes the files of dropped segments. One call at a time.
   */
  async checkpoint(log: Log): Promise<void> {
    const obsolete = this.#obsolete;
    this.#obsolete = [];
    for (const segment of log.segments) {
      if (segment.fileEnd < segment.end) await this.#flush(log, segment);
    }
    // What a dropped segment has in memory goes without ever being written.
    const residentSize = this.#tail.size;
    for (const segment of obsolete) this.#tail.drop(segment);
    this.#tail.release((chunk) => chunk.segment.fileEnd >= chunk.start + chunk.used);
    this.#context.residentSize -= residentSize - this.#tail.size;
    this.#lastChunk = undefined;
    for (const segment of [...log.segments]) {
      const isActive = segment === log.segments[log.segments.length - 1];
      if (!isActive && !segment.sealed && segment.fileEnd === segment.end) {
        await this.#seal(log, segment);
      } else if (segment.unsavedRemovals.length > 0) {
        await this.#saveTombstones(log, segment);
      }
    }
    for (const segment of obsolete) await this.#remove(segment);
  }

  /** Overwrites the record of a removed sequence wherever a segment holds it; the journal is the store's business. */
  async erase(segment: Segment, index: number): Promise<void> {
    const position = segment.positions[index] as number;
    const size = segment.sizeAt(index);
    if (position >= segment.fileEnd) {
      const chunk = this.#tail.find(segment, position);
      if (chunk !== undefined) eraseRecord(chunk.block, position - chunk.start);
      return;
    }
    if (segment.file === undefined) return;
    this.#context.cache.drop(segment);
    const { file } = segment;
    const block = allocateBlock(size);
    await call((done) => file.read("SEGMENT:ERASE-READ", block.bytes, position, done));
    eraseRecord(block, 0);
    await call((done) => file.commit("SEGMENT:ERASE", [block.bytes], position, done));
  }

  /** Whether the record's bytes are gone; for tests and for recovery. */
  static isErased(flags: number): boolean {
    return (flags & FLAG_ERASED) !== 0;
  }

  async close(log: Log): Promise<void> {
    for (const segment of [...log.segments, ...this.#obsolete]) await closeFiles(segment);
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

  async #flush(log: Log, segment: Segment): Promise<void> {
    const chunks = this.#tail
      .chunksOf(segment)
      .filter((chunk) => chunk.start + chunk.used > segment.fileEnd);
    if (chunks.length === 0) return;
    const file = segment.file ?? (await this.#create(log, segment));
    const buffers = chunks.map(({ block, start, used }) =>
      block.bytes.subarray(Math.max(0, segment.fileEnd - start), used),
    );
    const size = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    await call((done) => file.write("SEGMENT:WRITE", buffers, segment.fileEnd, done));
    await call((done) => file.sync("SEGMENT:SYNC", done));
    segment.fileEnd += size;
  }

  async #create(log: Log, segment: Segment): Promise<DiskFile> {
    const { disk, storeId } = this.#context;
    if (!this.#hasDirectory) {
      await disk.makeDirectory("LOG:DIRECTORY", this.#directory);
      await disk.syncDirectory("LOG:PARENT", `${this.#directory}/..`);
      this.#hasDirectory = true;
    }
    const path = `${this.#directory}/${segmentFileName(segment.base)}`;
    // A file of this name can only be left over from a checkpoint that a crash cut short.
    await disk.remove("SEGMENT:LEFTOVER", path);
    const file = await disk.open("SEGMENT:CREATE", path, "create");
    const header = encodeSegmentHeader(log.id, segment.base, storeId);
    await call((done) => file.write("SEGMENT:HEADER", [header], 0, done));
    await disk.syncDirectory("SEGMENT:NAME", this.#directory);
    segment.file = file;
    segment.fileEnd = SEGMENT_HEADER_SIZE;
    return file;
  }

  /** Writes the index of a full segment, once the removals it already leaves out are themselves durable. */
  async #seal(log: Log, segment: Segment): Promise<void> {
    const index = encodeSegmentIndex(segment, log.subjects);
    segment.unsavedRemovals = [];
    await call((done) => this.#journal.afterCommit(done));
    const file = segment.file as DiskFile;
    await call((done) => file.write("SEGMENT:INDEX", [index], segment.end, done));
    await call((done) => file.sync("SEGMENT:SEAL", done));
    segment.sealed = true;
  }

  async #saveTombstones(log: Log, segment: Segment): Promise<void> {
    const removals = segment.unsavedRemovals;
    segment.unsavedRemovals = [];
    await call((done) => this.#journal.afterCommit(done));
    const { disk } = this.#context;
    if (segment.tombstoneFile === undefined) {
      const path = `${this.#directory}/${tombstoneFileName(segment.base)}`;
      await disk.remove("TOMBSTONES:LEFTOVER", path);
      segment.tombstoneFile = await disk.open("TOMBSTONES:CREATE", path, "create");
      await disk.syncDirectory("TOMBSTONES:NAME", this.#directory);
    }
    const body = encodeSequences(removals);
    const block = allocateBlock(RECORD_HEAD_SIZE + body.length);
    body.copy(block.bytes, RECORD_HEAD_SIZE);
    sealRecord(block, 0, block.bytes.length, KIND_REMOVED, log.id);
    const file = segment.tombstoneFile;
    await call((done) =>
      file.commit("TOMBSTONES:APPEND", [block.bytes], segment.tombstonesEnd, done),
    );
    segment.tombstonesEnd += block.bytes.length;
  }

  async #remove(segment: Segment): Promise<void> {
    if (segment.file === undefined) return;
    // The removal of its messages must be durable before the file goes, and nobody may still be reading it.
    await call((done) => this.#journal.afterCommit(done));
    if (this.#context.cache.isBusy(segment)) {
      this.#obsolete.push(segment);
      return;
    }
    await closeFiles(segment);
    const { disk } = this.#context;
    await disk.remove("SEGMENT:REMOVE", `${this.#directory}/${segmentFileName(segment.base)}`);
    await disk.remove("TOMBSTONES:REMOVE", `${this.#directory}/${tombstoneFileName(segment.base)}`);
  }
}

async function closeFiles(segment: Segment): Promise<void> {
  await segment.file?.close();
  await segment.tombstoneFile?.close();
  segment.file = undefined;
  segment.tombstoneFile = undefined;
}

/** Makes a promise of a file operation. */
export function call(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error === null ? resolve() : reject(error)));
  });
}
