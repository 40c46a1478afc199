import type { Disk, DiskFile } from "@oxbow/base";
import type { BlockPool } from "./block-pool.ts";
import type { SegmentFiles } from "./blocked-file/segment-files.ts";
import { planCompaction, removeSince } from "./compaction.ts";
import { call, parentOf, readRange, replaceFile } from "./disk-files.ts";
import type { Journal } from "./journal.ts";
import { LIMITS } from "./limits.ts";
import type { Log } from "./log.ts";
import type { LogStorage } from "./log-storage.ts";
import type { ReadCache } from "./read-cache.ts";
import {
  encodeGap,
  encodeMessage,
  eraseRecord,
  MESSAGE_HEAD_SIZE,
  type RecordView,
} from "./record.ts";
import type { Segment } from "./segment.ts";
import {
  encodeSegmentHeader,
  encodeSegmentIndex,
  segmentFileName,
  temporaryName,
  tombstoneFileName,
} from "./segment-format.ts";
import { writeCompacted } from "./segment-rewrite.ts";
import { Tail, type TailChunk } from "./tail.ts";
import { encodeTombstones } from "./tombstones.ts";

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
  readonly #directory: string;
  readonly #tail: Tail;
  #hasDirectory: boolean;
  /** Segments that have left the log; their files go with the next checkpoint. */
  #obsolete: Segment[] = [];
  #isClosed = false;
  #lastChunk: TailChunk | undefined;
  /** The segment that is getting its file right now. */
  #creating: Segment | undefined;

  constructor(context: FileStorageContext, directory: string, hasDirectory: boolean) {
    this.#context = context;
    this.#directory = directory;
    this.#tail = new Tail(context.blocks);
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
    if (position >= segment.fileEnd || segment.file === undefined) done(null);
    else this.#context.cache.load(segment, index, onDamaged, done);
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
    // What is removed as fast as it comes never gets a file: nothing is to be remembered of it.
    if (segment.file !== undefined || segment === this.#creating) this.#obsolete.push(segment);
  }

  /** Whether a checkpoint has anything to do here. */
  needsCheckpoint(log: Log): boolean {
    const { segments } = log;
    return (
      this.#tail.size > 0 ||
      this.#obsolete.length > 0 ||
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
    for (const segment of [...log.segments]) {
      if (segment.fileEnd < segment.end) await this.#flush(log, segment);
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
        await this.#saveTombstones(log, segment);
      }
      const isFull = segment !== log.segments.at(-1) || segment.isExposed;
      if (isFull && canSeal(segment)) await this.#seal(log, segment);
    }
    await this.#removeObsolete();
    for (const group of this.#compactions(log)) await this.#compact(log, group);
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
    for (const segment of [...log.segments, ...this.#obsolete]) {
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

  async #flush(log: Log, segment: Segment): Promise<void> {
    const { fileEnd } = segment;
    const buffers = this.#tail
      .chunksOf(segment)
      .filter((chunk) => chunk.start + chunk.used > fileEnd)
      .map(({ block, start, used }) => block.bytes.subarray(Math.max(0, fileEnd - start), used));
    if (buffers.length === 0) return;
    const file = segment.file ?? (await this.#create(log, segment));
    let position = fileEnd;
    for (const part of partsOf(buffers, LIMITS.segmentWriteSize)) {
      await call((done) => file.write("SEGMENT:WRITE", part.buffers, position, done));
      position += part.size;
    }
    await call((done) => file.sync("SEGMENT:SYNC", done));
    segment.fileEnd = position;
  }

  async #create(log: Log, segment: Segment): Promise<DiskFile> {
    const { disk, storeId } = this.#context;
    if (!this.#hasDirectory) {
      await disk.makeDirectory("LOG:DIRECTORY", this.#directory);
      await disk.syncDirectory("LOG:PARENT", parentOf(this.#directory));
      this.#hasDirectory = true;
    }
    this.#creating = segment;
    const path = `${this.#directory}/${segmentFileName(segment.base)}`;
    // A file of this name can only be left over from a checkpoint that a crash cut short.
    await disk.remove("SEGMENT:LEFTOVER", path);
    await disk.remove("SEGMENT:LEFTOVER", `${this.#directory}/${tombstoneFileName(segment.base)}`);
    const file = await this.#context.files.create("SEGMENT:CREATE", path, log);
    // From here on it is closed with the segment.
    segment.file = file;
    this.#creating = undefined;
    const header = encodeSegmentHeader(log.id, segment.base, storeId);
    await call((done) => file.write("SEGMENT:HEADER", [header], 0, done));
    await disk.syncDirectory("SEGMENT:NAME", this.#directory);
    return file;
  }

  /** Writes the index of a full segment, in the place of whatever a seal that was cut short has left there. */
  async #seal(log: Log, segment: Segment): Promise<void> {
    const index = encodeSegmentIndex(segment.index, log.subjects);
    await this.#removalsDurable();
    const file = segment.file as DiskFile;
    const end = segment.end + index.length;
    if ((await file.size("SEGMENT:SIZE")) > end) await file.truncate("SEGMENT:CUT", end);
    await call((done) => file.write("SEGMENT:INDEX", [index], segment.end, done));
    await call((done) => file.sync("SEGMENT:SEAL", done));
    segment.sealed = true;
  }

  /** Lists all that was removed from a segment anew, in a file of its own. */
  async #saveTombstones(log: Log, segment: Segment): Promise<void> {
    const content = encodeTombstones(log.id, segment, log.index.damaged);
    segment.hasUnsavedRemovals = false;
    await this.#removalsDurable();
    if (segment.isDropped) return;
    const { disk } = this.#context;
    await replaceFile(
      disk,
      "TOMBSTONES",
      this.#directory,
      tombstoneFileName(segment.base),
      content,
    );
  }

  /** Removes the files of segments that have left the log. */
  async #removeObsolete(): Promise<void> {
    if (this.#obsolete.length === 0) return;
    const obsolete = this.#obsolete.slice();
    await this.#removalsDurable();
    for (const segment of obsolete) {
      if (segment.file !== undefined) {
        // The handle outlives the reads that are under way.
        await closeFile(segment);
        await this.#removeFiles(segment.base);
      }
      this.#obsolete.splice(this.#obsolete.indexOf(segment), 1);
    }
  }

  /** Puts one small segment in the place of the group, on disk by a rename and then in the log. */
  async #compact(log: Log, group: readonly Segment[]): Promise<void> {
    if (group.some((segment) => segment.isDropped)) return;
    const { disk } = this.#context;
    const replacement = await writeCompacted(log, group, this.#context, this.#directory);
    if (replacement === undefined) return;
    const name = segmentFileName(replacement.base);
    try {
      await this.#removalsDurable();
      await disk.rename(
        "COMPACTION:RENAME",
        `${this.#directory}/${temporaryName(name)}`,
        `${this.#directory}/${name}`,
      );
      await disk.syncDirectory("COMPACTION:NAME", this.#directory);
    } catch (error) {
      await closeFile(replacement);
      throw error;
    }
    removeSince(replacement, group);
    // What was dropped meanwhile has lost its file to the rename, or loses it below.
    this.#obsolete = this.#obsolete.filter((segment) => !group.includes(segment));
    if (!log.index.replace(group, replacement)) this.drop(replacement);
    for (const segment of group) this.#context.cache.drop(segment);
    for (const segment of group) await closeFile(segment);
    // The first one's name is the replacement's now.
    for (const segment of group.slice(1)) await this.#removeFiles(segment.base);
  }

  async #removeFiles(base: number): Promise<void> {
    const { disk } = this.#context;
    await disk.remove("SEGMENT:REMOVE", `${this.#directory}/${segmentFileName(base)}`);
    await disk.remove("TOMBSTONES:REMOVE", `${this.#directory}/${tombstoneFileName(base)}`);
  }

  #removalsDurable(): Promise<void> {
    return call((done) => this.#journal.afterSync(done));
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

/** Parts of `buffers`, in order, each up to `sizeMax` or of one buffer. */
function partsOf(
  buffers: readonly Buffer[],
  sizeMax: number,
): { buffers: Buffer[]; size: number }[] {
  const parts: { buffers: Buffer[]; size: number }[] = [];
  let last = { buffers: [] as Buffer[], size: Number.POSITIVE_INFINITY };
  for (const buffer of buffers) {
    if (last.size + buffer.length > sizeMax) parts.push((last = { buffers: [], size: 0 }));
    last.buffers.push(buffer);
    last.size += buffer.length;
  }
  return parts;
}

async function closeFile(segment: Segment): Promise<void> {
  const { file } = segment;
  segment.file = undefined;
  await file?.close();
}
