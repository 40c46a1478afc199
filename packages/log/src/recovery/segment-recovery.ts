import type { DiskFile } from "@oxbow/base";
import type { OpenedSegmentFile } from "../blocked-file/segment-files.ts";
import { readRange, readWholeFile } from "../disk-files.ts";
import type { FileStorageContext } from "../file-storage.ts";
import { Segment } from "../segment/segment.ts";
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
} from "../segment/segment-format.ts";
import { decodeTombstones } from "../segment/tombstones.ts";
import { formatError } from "../store-file.ts";
import { scanCompacted } from "./compacted-scan.ts";
import type { LogRestoration } from "./log-restoration.ts";
import { SegmentScan } from "./segment-scan.ts";
import { type FileContent, UntrustedFile } from "./untrusted-file.ts";

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
