import type { DiskFile } from "@oxbow/base";
import { type Block, blockOf, getUint53 } from "./block.ts";
import { call, readRange, readWholeFile } from "./disk-files.ts";
import type { FileStorageContext } from "./file-storage.ts";
import { IndexEntries } from "./index-entries.ts";
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
  readonly report: ReportDamage;
}

/**
 * Opens the segments of a log's directory: a sealed one by its index, the others by reading their records.
 *
 * Only the newest file can have been under way when the process ended. It is read up to its first bad record; what
 * follows there is taken up later if the journal turns out not to have it. Any other file was whole before the next
 * was begun, so everything readable in it counts, and what is missing before the next one's base is damaged.
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
    if (previous !== undefined && base < previous.sequenceEnd) {
      await removeLeftover(source, base, previous);
      continue;
    }
    const segment = await restoreSegment(restoration, source, base, bases[index + 1]);
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
  const file = await context.disk.open("SEGMENT:OPEN", path, "write");
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
    return addSegment(restoration, Segment.sealed(base, index), file);
  }
  const block = await readRange(file, "SEGMENT:SCAN", 0, size);
  if (header !== undefined && header.compactedEnd > 0) {
    report(path, "the index is damaged");
    const { index, damaged } = scanCompacted(block, restoration.log, header);
    const segment = Segment.sealed(base, index);
    segment.isDamaged = damaged.length > 0;
    addSegment(restoration, segment, file);
    for (const { start, end } of damaged) restoration.addDamaged(start, end);
    return segment;
  }
  if (header === undefined && nextBase === undefined) {
    restoration.remainder = new HeaderlessFile(restoration, source, base, file, block);
    return undefined;
  }
  if (header === undefined) report(path, "the header is damaged");
  const segment = addSegment(restoration, new Segment(base), file);
  segment.isDamaged = header === undefined;
  const scan = new SegmentScan(restoration, segment, block);
  scan.readPrefix();
  if (nextBase === undefined) {
    if (!scan.isDone) restoration.remainder = scan;
  } else {
    scan.salvage(nextBase);
    restoration.addHole(segment, nextBase);
  }
  return segment;
}

function addSegment(restoration: LogRestoration, segment: Segment, file: DiskFile): Segment {
  segment.file = file;
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
  if (header.version !== SEGMENT_VERSION) throw formatError(path, header.version);
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

  /** Whether nothing is left to read. */
  get isDone(): boolean {
    return this.#at >= this.#block.bytes.length;
  }

  /** Adds the records from here on up to the first that is not whole, or not the next one. */
  readPrefix(): void {
    while (this.#sequenceAt(this.#at) === this.#segment.sequenceEnd) this.#add(this.#at);
  }

  /** Adds what can be read beyond damage, up to but without sequence `end`. */
  salvage(end: number): void {
    const limit = this.#block.bytes.length - RECORD_HEAD_SIZE;
    for (let at = this.#at; at <= limit && this.#segment.sequenceEnd < end; ) {
      const sequence = this.#sequenceAt(at);
      if (sequence === undefined || sequence < this.#segment.sequenceEnd || sequence >= end) {
        at++;
        continue;
      }
      this.#restoration.addHole(this.#segment, sequence);
      this.#add(at);
      this.readPrefix();
      at = this.#at;
    }
  }

  async close(): Promise<void> {}

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

/**
 * The newest file when its header can't be read. As a rule a crash came between its creation and its first sync: then
 * the journal has all of it, and the file is made anew. If not, its records are all there is.
 */
class HeaderlessFile implements Remainder {
  readonly #restoration: LogRestoration;
  readonly #source: SegmentSource;
  readonly #base: number;
  readonly #file: DiskFile;
  readonly #block: Block;
  #scan: SegmentScan | undefined;

  constructor(
    restoration: LogRestoration,
    source: SegmentSource,
    base: number,
    file: DiskFile,
    block: Block,
  ) {
    this.#restoration = restoration;
    this.#source = source;
    this.#base = base;
    this.#file = file;
    this.#block = block;
  }

  salvage(end: number): void {
    if (this.#restoration.sequenceEnd > this.#base || end <= this.#base) return;
    if (this.#scan === undefined) {
      const { directory, report } = this.#source;
      report(`${directory}/${segmentFileName(this.#base)}`, "the header is damaged");
      const segment = addSegment(this.#restoration, new Segment(this.#base), this.#file);
      segment.isDamaged = true;
      this.#scan = new SegmentScan(this.#restoration, segment, this.#block);
      this.#scan.readPrefix();
    }
    this.#scan.salvage(end);
  }

  async close(): Promise<void> {
    if (this.#scan === undefined) await this.#file.close();
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

/** Cuts off what a checkpoint that was cut short left behind the last good record; the journal has it, if anybody has. */
export async function cutTornTail(segment: Segment): Promise<void> {
  const { file } = segment;
  if (file === undefined || segment.sealed || segment.isDamaged) return;
  if ((await file.size("SEGMENT:SIZE")) <= segment.fileEnd) return;
  await file.truncate("SEGMENT:CUT", segment.fileEnd);
  await call((done) => file.sync("SEGMENT:SYNC", done));
}
