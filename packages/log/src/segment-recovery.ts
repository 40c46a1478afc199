import type { DiskFile } from "@oxbow/base";
import { allocateBlock, type Block } from "./block.ts";
import { call, type FileStorageContext } from "./file-storage.ts";
import type { Log } from "./log.ts";
import { checkRecord, FLAG_ERASED, KIND_REMOVED, RECORD_HEAD_SIZE, RecordView } from "./record.ts";
import type { Damage } from "./recovery.ts";
import { Segment } from "./segment.ts";
import {
  baseOfFileName,
  decodeSegmentIndex,
  decodeTrailer,
  isSegmentHeader,
  SEGMENT_HEADER_SIZE,
  SEGMENT_TRAILER_SIZE,
  segmentFileName,
  tombstoneFileName,
} from "./segment-format.ts";
import { decodeSequences } from "./tombstones.ts";

/**
 * Opens the segments of a log's directory: a sealed one by its index, the others by reading their records. What is
 * missing or damaged is marked in the log and reported.
 *
 * The last segment may end in a torn record: the checkpoint that wrote it was cut short, so the journal still has it.
 */
export async function restoreSegments(
  log: Log,
  directory: string,
  names: readonly string[],
  context: FileStorageContext,
): Promise<Damage[]> {
  const damage: Damage[] = [];
  const bases = names.map(baseOfFileName).filter((base) => base !== undefined);
  for (const [index, base] of bases.sort((a, b) => a - b).entries()) {
    const path = `${directory}/${segmentFileName(base)}`;
    const isLast = index === bases.length - 1;
    const segment = new Segment(base);
    segment.file = await context.disk.open("SEGMENT:OPEN", path, "write");
    const expected = log.segments.at(-1)?.sequenceEnd ?? base;
    if (base > expected && base > log.firstSequence) {
      log.restoreGap(Math.max(expected, log.firstSequence), base);
      damage.push({ file: path, reason: `the segments before it end at ${expected - 1}` });
    }
    const reason = await restoreSegment(log, segment, isLast);
    if (reason !== undefined) damage.push({ file: path, reason });
    if (names.includes(tombstoneFileName(base))) {
      await applyTombstones(log, segment, `${directory}/${tombstoneFileName(base)}`, context);
    }
  }
  return damage;
}

async function restoreSegment(
  log: Log,
  segment: Segment,
  isLast: boolean,
): Promise<string | undefined> {
  const file = segment.file as DiskFile;
  const size = await file.size("SEGMENT:SIZE");
  if (await readIndex(log, segment, file, size)) {
    log.restoreSegment(segment);
    return undefined;
  }
  const block = allocateBlock(size);
  await call((done) => file.read("SEGMENT:SCAN", block.bytes, 0, done));
  log.restoreSegment(segment);
  if (!isSegmentHeader(block, log.id, segment.base)) {
    return isLast && size <= SEGMENT_HEADER_SIZE ? undefined : "the header is damaged";
  }
  return scanRecords(log, segment, block, isLast);
}

async function readIndex(
  log: Log,
  segment: Segment,
  file: DiskFile,
  size: number,
): Promise<boolean> {
  if (size < SEGMENT_HEADER_SIZE + SEGMENT_TRAILER_SIZE) return false;
  const trailer = allocateBlock(SEGMENT_TRAILER_SIZE);
  await call((done) =>
    file.read("SEGMENT:TRAILER", trailer.bytes, size - SEGMENT_TRAILER_SIZE, done),
  );
  const place = decodeTrailer(trailer);
  if (place === undefined || place.at + place.size + SEGMENT_TRAILER_SIZE !== size) return false;
  const index = allocateBlock(place.size + SEGMENT_TRAILER_SIZE);
  await call((done) => file.read("SEGMENT:INDEX-READ", index.bytes, place.at, done));
  return decodeSegmentIndex(index, segment, log.subjects);
}

/** Adds the entries of every valid record; returns what is wrong, if anything but a torn tail is. */
function scanRecords(
  log: Log,
  segment: Segment,
  block: Block,
  isLast: boolean,
): string | undefined {
  const view = new RecordView();
  const end = block.bytes.length;
  let at = SEGMENT_HEADER_SIZE;
  let reason: string | undefined;
  while (at < end) {
    if (isRecordOf(log, block, at, end, segment.sequenceEnd)) {
      // A damaged stretch before it keeps its place: positions in the file do not move.
      segment.end = at;
      log.restoreEntry(segment, block, at, view);
      if ((view.flags & FLAG_ERASED) !== 0) log.restoreRemoval(view.sequence);
      at = segment.end;
      segment.fileEnd = at;
      continue;
    }
    const next = findRecord(log, block, at + 1, segment.sequenceEnd);
    if (next === undefined) break;
    reason = `the bytes from ${at} to ${next} are damaged`;
    at = next;
  }
  if (at < end && !isLast && reason === undefined) reason = `nothing can be read from ${at} on`;
  return reason;
}

function isRecordOf(log: Log, block: Block, at: number, end: number, sequence: number): boolean {
  if (checkRecord(block.view, at, end) !== "valid") return false;
  if (block.view.getUint32(at + 12, true) !== log.id) return false;
  return block.view.getUint32(at + 16, true) >= sequence >>> 0;
}

/** The position of the next valid record of the log, searched byte by byte behind damage. */
function findRecord(log: Log, block: Block, from: number, sequence: number): number | undefined {
  const { view } = block;
  const end = block.bytes.length;
  for (let at = from; at + RECORD_HEAD_SIZE <= end; at++) {
    // The log's id first: it rules out nearly every position without a checksum.
    if (view.getUint32(at + 12, true) === log.id && isRecordOf(log, block, at, end, sequence)) {
      return at;
    }
  }
  return undefined;
}

async function applyTombstones(
  log: Log,
  segment: Segment,
  path: string,
  context: FileStorageContext,
): Promise<void> {
  const file = await context.disk.open("TOMBSTONES:OPEN", path, "write");
  segment.tombstoneFile = file;
  const block = allocateBlock(await file.size("TOMBSTONES:SIZE"));
  await call((done) => file.read("TOMBSTONES:READ", block.bytes, 0, done));
  let at = 0;
  while (checkRecord(block.view, at, block.bytes.length) === "valid") {
    const size = block.view.getUint32(at + 4, true);
    if (block.view.getUint8(at + 8) !== KIND_REMOVED) break;
    decodeSequences(block.bytes.subarray(at + RECORD_HEAD_SIZE, at + size), (sequence) => {
      log.restoreRemoval(sequence);
    });
    at += size;
  }
  // A torn last tombstone was not yet relied upon: the journal has its removals, too.
  segment.tombstonesEnd = at;
}
