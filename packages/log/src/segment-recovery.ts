import type { DiskFile } from "@oxbow/base";
import { type Block, blockOf, getUint53 } from "./block.ts";
import type { OpenedSegmentFile } from "./blocked-file/segment-files.ts";
import { readRange, readWholeFile } from "./disk-files.ts";
import type { FileStorageContext } from "./file-storage.ts";
import { IndexEntries } from "./index-entries.ts";
import { LIMITS } from "./limits.ts";
import type { Log } from "./log.ts";
import type { LogRestoration, Remainder } from "./log-restoration.ts";
import { checkRecord, FLAG_ERASED, KIND_MESSAGE, RECORD_HEAD_SIZE, RecordView } from "./record.ts";
import { Segment, type SegmentIndex } from "./segment.ts";
import {
  baseOfFileName,
  decodeSegmentHeader,
  decodeSegmentIndex,
  decodeTrailer,
  SEGMENT_HEADER_SIZE,
  SEGMENT_TRAILER_SIZE,
  SEGMENT_VERSION,
  type SegmentHeader,
  segmentFileName,
  TEMPORARY_SUFFIX,
  TOMBSTONE_SUFFIX,
  tombstoneFileName,
} from "./segment-format.ts";
import { formatError } from "./store-file.ts";
import { decodeTombstones } from "./tombstones.ts";

/** Told of what is wrong with a file. */
export type ReportDamage = (file: string, reason: string) => void;

/** What is needed to read the segments of one log. */
export interface SegmentSource {
  readonly directory: string;
  /** Names in the directory, sorted; what is removed leaves the set. */
  readonly names: Set<string>;
  readonly context: FileStorageContext;
  /** Below it are the sequences that only the segment files have. */
  readonly trustedEnd: number;
  readonly report: ReportDamage;
}

/**
 * Opens the segments of a log's directory: a sealed one by its index, the others by reading their records.
 *
 * Only the newest file can have been under way when the process ended, or when its disk failed. Of that one the
 * records below `trustedEnd` count, which no journal file has any more. The others come from the journal and are
 * written again, for nobody knows whether they are durable: a failed sync leaves bytes that can be read until the
 * machine stops. What the journal turns out not to have is taken from the file after all.
 *
 * Any other file was durable before the next was begun: everything readable in it counts, and what is missing before
 * the next one's base is damaged.
 */
export async function restoreSegments(
  restoration: LogRestoration,
  source: SegmentSource,
): Promise<void> {
  const { names } = source;
  await removeUnfinished(restoration, source);
  const bases = [...names].map((name) => baseOfFileName(name)).filter((base) => base !== undefined);
  let previous: Segment | undefined;
  for (const [index, base] of bases.entries()) {
    const nextBase = bases[index + 1];
    if (nextBase !== undefined && nextBase <= restoration.log.firstSequence) {
      // All of it was let go, but the file was still there when the process ended.
      await removeFile(source, segmentFileName(base));
      await removeFile(source, tombstoneFileName(base));
      continue;
    }
    if (previous !== undefined && base < previous.sequenceEnd) {
      await removeLeftover(source, base, previous);
      continue;
    }
    const segment = await restoreSegment(restoration, source, base, nextBase);
    previous = segment ?? previous;
  }
  for (const name of names) {
    const base = baseOfFileName(name, TOMBSTONE_SUFFIX);
    if (base !== undefined) await applyTombstones(restoration, source, base);
  }
}

/** Removes what never took its place, and lists of what was removed from segments that were let go. */
async function removeUnfinished({ log }: LogRestoration, source: SegmentSource): Promise<void> {
  for (const name of source.names) {
    const base = baseOfFileName(name, TOMBSTONE_SUFFIX);
    const isOrphan =
      base !== undefined && base < log.firstSequence && !source.names.has(segmentFileName(base));
    if (isOrphan || name.endsWith(TEMPORARY_SUFFIX)) await removeFile(source, name);
  }
}

/** A compaction that was cut short left files that its result stands for. */
async function removeLeftover(source: SegmentSource, base: number, result: Segment): Promise<void> {
  const name = segmentFileName(base);
  if (result.isDamaged || !result.isSparse) {
    const reason = "another file has its sequences, but is damaged";
    source.report(`${source.directory}/${name}`, reason);
    return;
  }
  await removeFile(source, name);
  await removeFile(source, tombstoneFileName(base));
}

async function removeFile(
  { context, directory, names }: SegmentSource,
  name: string,
): Promise<void> {
  names.delete(name);
  await context.disk.remove("SEGMENT:LEFTOVER", `${directory}/${name}`);
}

async function restoreSegment(
  restoration: LogRestoration,
  source: SegmentSource,
  base: number,
  nextBase: number | undefined,
): Promise<Segment | undefined> {
  const { context, report } = source;
  const path = `${source.directory}/${segmentFileName(base)}`;
  const opened = await context.files.open("SEGMENT:OPEN", path, restoration.log);
  const { file } = opened;
  context.opened.add(file);
  const size = await file.size("SEGMENT:SIZE");
  const header = decodeSegmentHeader(
    await readRange(file, "SEGMENT:HEADER-READ", 0, SEGMENT_HEADER_SIZE),
  );
  const isOurs = header === undefined || belongs(header, restoration.log.id, base, context, path);
  if (!isOurs) report(path, "the file belongs elsewhere; it is left alone");
  if (!isOurs) {
    await file.close();
    return undefined;
  }
  const index = await readIndex(restoration, file, size);
  if (index !== undefined) {
    if (header === undefined) report(path, "the header is damaged");
    return addSegment(restoration, Segment.sealed(base, index), opened);
  }
  const block = await readRange(file, "SEGMENT:SCAN", 0, size);
  if (header !== undefined && header.compactedEnd > 0) {
    report(path, "the index is damaged");
    const { index, damaged } = scanCompacted(block, restoration.log, header);
    const segment = Segment.sealed(base, index);
    segment.isDamaged = damaged.length > 0;
    addSegment(restoration, segment, opened);
    for (const { start, end } of damaged) restoration.addDamaged(start, end);
    return segment;
  }
  if (nextBase === undefined) {
    // With no record to trust, the header is not to be trusted either.
    if (header === undefined || base >= source.trustedEnd) {
      return addUntrusted(restoration, source, base, { file, block, hasHeader: !!header });
    }
    const segment = addSegment(restoration, new Segment(base), opened);
    const scan = new SegmentScan(restoration, segment, block);
    scan.readPrefix(source.trustedEnd);
    restoration.remainder = scan;
    return segment;
  }
  if (header === undefined) report(path, "the header is damaged");
  const segment = addSegment(restoration, new Segment(base), opened);
  segment.isDamaged = header === undefined;
  const scan = new SegmentScan(restoration, segment, block);
  scan.readPrefix(nextBase);
  scan.salvage(nextBase);
  restoration.addHole(segment, nextBase);
  return segment;
}

/** Adds the segment without its file, which is made anew if the journal has everything that should be in it. */
function addUntrusted(
  restoration: LogRestoration,
  source: SegmentSource,
  base: number,
  content: FileContent,
): Segment {
  const segment = new Segment(base);
  restoration.addSegment(segment);
  const name = segmentFileName(base);
  restoration.remainder = new UntrustedFile(
    restoration,
    segment,
    content,
    () => source.report(`${source.directory}/${name}`, "the header is damaged"),
    () => removeFile(source, name),
  );
  return segment;
}

function addSegment(
  restoration: LogRestoration,
  segment: Segment,
  { file, isExposed }: OpenedSegmentFile,
): Segment {
  segment.file = file;
  segment.isExposed = isExposed;
  restoration.addSegment(segment);
  return segment;
}

function belongs(
  header: SegmentHeader,
  logId: number,
  base: number,
  { storeId }: FileStorageContext,
  path: string,
): boolean {
  if (!header.storeId.equals(storeId)) return false;
  if (header.version > SEGMENT_VERSION) throw formatError(path, header.version);
  return header.logId === logId && header.base === base;
}

async function readIndex(
  { log }: LogRestoration,
  file: DiskFile,
  size: number,
): Promise<ReturnType<typeof decodeSegmentIndex>> {
  if (size < SEGMENT_HEADER_SIZE + SEGMENT_TRAILER_SIZE) return undefined;
  const trailerAt = size - SEGMENT_TRAILER_SIZE;
  const place = decodeTrailer(
    await readRange(file, "SEGMENT:TRAILER", trailerAt, SEGMENT_TRAILER_SIZE),
  );
  if (place === undefined || place.at + place.size !== trailerAt) return undefined;
  const block = await readRange(file, "SEGMENT:INDEX-READ", place.at, size - place.at);
  return decodeSegmentIndex(block, log.subjects);
}

/** Reads the records of a segment file that has no index. */
class SegmentScan implements Remainder {
  readonly #restoration: LogRestoration;
  readonly #segment: Segment;
  readonly #block: Block;
  readonly #view = new RecordView();
  #at = SEGMENT_HEADER_SIZE;

  constructor(restoration: LogRestoration, segment: Segment, block: Block) {
    this.#restoration = restoration;
    this.#segment = segment;
    this.#block = block;
  }

  /** Adds the records from here on up to the first that is not whole, or not the next one, or not below `end`. */
  readPrefix(end: number): void {
    while (this.#segment.sequenceEnd < end) {
      if (this.#sequenceAt(this.#at) !== this.#segment.sequenceEnd) return;
      this.#add(this.#at);
    }
  }

  salvage(end: number): void {
    if (!this.#catchUp()) return;
    this.readPrefix(end);
    const limit = this.#block.bytes.length - RECORD_HEAD_SIZE;
    for (let at = this.#at; at <= limit && this.#segment.sequenceEnd < end; ) {
      const sequence = this.#sequenceAt(at);
      const next = this.#segment.sequenceEnd;
      const isHere =
        sequence !== undefined &&
        sequence >= next &&
        sequence < Math.min(end, next + LIMITS.segmentEntriesMax);
      if (!isHere) {
        at++;
        continue;
      }
      this.#restoration.addHole(this.#segment, sequence);
      this.#add(at);
      this.readPrefix(end);
      at = this.#at;
    }
  }

  async close(): Promise<void> {}

  /**
   * Moves on to where the journal has filled the segment to. What it put there lies in the file, too, if the file is
   * to be of any use.
   */
  #catchUp(): boolean {
    const { view } = this.#block;
    while (this.#at < this.#segment.end) {
      if (this.#sequenceAt(this.#at) === undefined) return false;
      this.#at += view.getUint32(this.#at + 4, true);
    }
    return (
      this.#at === this.#segment.end && this.#segment === this.#restoration.log.segments.at(-1)
    );
  }

  #add(at: number): void {
    this.#restoration.addEntry(this.#segment, at, this.#block, this.#view);
    const { flags, sequence, sequenceCount } = this.#view;
    if ((flags & FLAG_ERASED) !== 0) {
      for (let i = 0; i < sequenceCount; i++) this.#restoration.noteRemoved(sequence + i);
    }
    this.#at = this.#segment.end;
  }

  #sequenceAt(at: number): number | undefined {
    return sequenceOf(this.#block, at, this.#restoration.log.id);
  }
}

/** An open segment file and what was read from it. */
interface FileContent {
  readonly file: DiskFile;
  readonly block: Block;
  /** Whether its header checks out. */
  readonly hasHeader: boolean;
}

/**
 * The newest file when nothing in it is known to be durable, as after a crash between its creation and its first sync.
 * As a rule the journal has all of it, and the file goes. If not, its records are all there is.
 */
class UntrustedFile implements Remainder {
  readonly #segment: Segment;
  readonly #content: FileContent;
  readonly #report: () => void;
  readonly #remove: () => Promise<void>;
  readonly #scan: SegmentScan;

  constructor(
    restoration: LogRestoration,
    segment: Segment,
    content: FileContent,
    report: () => void,
    remove: () => Promise<void>,
  ) {
    this.#segment = segment;
    this.#content = content;
    this.#report = report;
    this.#remove = remove;
    this.#scan = new SegmentScan(restoration, segment, content.block);
  }

  salvage(end: number): void {
    const { length } = this.#segment;
    this.#scan.salvage(end);
    if (this.#segment.length === length || this.#segment.file !== undefined) return;
    this.#segment.file = this.#content.file;
    if (this.#content.hasHeader) return;
    this.#report();
    this.#segment.isDamaged = true;
  }

  async close(): Promise<void> {
    if (this.#segment.file !== undefined) return;
    await this.#content.file.close();
    if (!this.#segment.isDamaged) await this.#remove();
  }
}

/** The sequence of the log's message record at `at`, if a whole one lies there. */
function sequenceOf({ view, bytes }: Block, at: number, logId: number): number | undefined {
  // The log's id first: it rules out nearly every position without a checksum.
  if (at + RECORD_HEAD_SIZE > bytes.length || view.getUint32(at + 12, true) !== logId) {
    return undefined;
  }
  if (checkRecord(view, at, bytes.length) !== "valid") return undefined;
  return view.getUint8(at + 8) === KIND_MESSAGE ? getUint53(view, at + 16) : undefined;
}

/**
 * Makes the index of a compacted segment anew from its records. A sequence without a record was removed, unless there
 * are bytes that can't be read where it would be.
 */
function scanCompacted(
  block: Block,
  log: Log,
  header: SegmentHeader,
): { index: SegmentIndex; damaged: { start: number; end: number }[] } {
  const { base, compactedEnd } = header;
  const entries = new IndexEntries(base);
  const damaged: { start: number; end: number }[] = [];
  const view = new RecordView();
  let expected = base;
  let at = SEGMENT_HEADER_SIZE;
  let isBehindDamage = false;
  for (let sequence: number | undefined; at < block.bytes.length; ) {
    sequence = sequenceOf(block, at, log.id);
    if (sequence === undefined || sequence < expected || sequence >= compactedEnd) {
      // The index follows on the last record; a gap before another record is damage.
      isBehindDamage = true;
      at++;
      continue;
    }
    if (isBehindDamage) {
      damaged.push({ start: expected, end: sequence });
      entries.addAbsent(expected);
    }
    isBehindDamage = false;
    view.set(block, at);
    entries.add(view, at, log.subjects.intern(view.bytes, view.subjectStart, view.subjectEnd));
    expected = sequence + view.sequenceCount;
    at = view.bodyEnd;
  }
  if (!isIndexAt(block, entries.end)) damaged.push({ start: expected, end: compactedEnd });
  return { index: entries.index(compactedEnd), damaged };
}

/** Whether the file's trailer says that the index begins at `at`. */
function isIndexAt({ bytes }: Block, at: number): boolean {
  const trailerAt = bytes.length - SEGMENT_TRAILER_SIZE;
  return trailerAt >= at && decodeTrailer(blockOf(bytes.subarray(trailerAt)))?.at === at;
}

async function applyTombstones(
  restoration: LogRestoration,
  { directory, context, report }: SegmentSource,
  base: number,
): Promise<void> {
  const path = `${directory}/${tombstoneFileName(base)}`;
  const block = await readWholeFile(context.disk, "TOMBSTONES", path);
  const isWhole = decodeTombstones(block, restoration.log.id, (sequence) => {
    restoration.noteRemoved(sequence);
  });
  if (!isWhole) report(path, "the list of removed messages is damaged: they may have come back");
}
