import type { DiskFile } from "@oxbow/base";
import { allocateBlock, getUint53 } from "../block.ts";
import { call, readRange } from "../disk-files.ts";
import type { Log } from "../log.ts";
import type { LogFilesContext } from "../log-files.ts";
import { checkRecord, KIND_MESSAGE } from "../record.ts";
import { type CompactedGroup, compactGroup, type KeptRecord } from "./compaction.ts";
import { Segment } from "./segment.ts";
import {
  encodeSegmentHeader,
  encodeSegmentIndex,
  SEGMENT_HEADER_SIZE,
  segmentFileName,
  temporaryName,
} from "./segment-format.ts";

/** Bytes that are read, and written, at once. */
const COPY_SIZE = 1024 * 1024;

/**
 * Writes what is left of a group of sealed segments to one new file under a temporary name, durably, and returns the
 * segment that has it. `undefined`, with nothing left behind, when a record turned out to be damaged: then the group
 * is not to be touched, and the log knows.
 */
export async function writeCompacted(
  log: Log,
  group: readonly Segment[],
  { disk, files, storeId }: LogFilesContext,
  directory: string,
): Promise<Segment | undefined> {
  const compacted = compactGroup(group);
  // Taken before the first await: ids may stand for other subjects later.
  const indexBytes = encodeSegmentIndex(compacted.index, log.subjects);
  const path = `${directory}/${temporaryName(segmentFileName(compacted.base))}`;
  await disk.remove("COMPACTION:LEFTOVER", path);
  const file = await files.create("COMPACTION:CREATE", path, log);
  try {
    const { base, index } = compacted;
    const header = encodeSegmentHeader(log.id, base, storeId, index.sequenceEnd);
    await call((done) => file.write("COMPACTION:HEADER", [header], 0, done));
    if (await copyRecords(log, compacted, file)) {
      await call((done) => file.write("COMPACTION:INDEX", [indexBytes], index.end, done));
      await call((done) => file.sync("COMPACTION:SYNC", done));
      const segment = Segment.sealed(base, index);
      segment.file = file;
      return segment;
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  await disk.remove("COMPACTION:ABANDON", path);
  return undefined;
}

/** Copies the records, checking each; false if one is damaged. */
async function copyRecords(
  log: Log,
  { records }: CompactedGroup,
  file: DiskFile,
): Promise<boolean> {
  let position = SEGMENT_HEADER_SIZE;
  for (let from = 0; from < records.length; ) {
    const run = nextRun(records, from);
    const { segment, position: start } = run[0] as KeptRecord;
    const last = run.at(-1) as KeptRecord;
    const size = last.position + last.size - start;
    const source = await readRange(segment.file as DiskFile, "COMPACTION:READ", start, size);
    const target = allocateBlock(run.reduce((sum, record) => sum + record.size, 0));
    let to = 0;
    for (const record of run) {
      const at = record.position - start;
      const sequence = segment.sequenceAt(record.head);
      const isWhole =
        checkRecord(source.view, at, at + record.size) === "valid" &&
        source.view.getUint32(at + 4, true) === record.size &&
        source.view.getUint8(at + 8) === KIND_MESSAGE &&
        getUint53(source.view, at + 16) === sequence;
      if (!isWhole) {
        markRecordDamaged(log, record);
        return false;
      }
      source.bytes.copy(target.bytes, to, at, at + record.size);
      to += record.size;
    }
    await call((done) => file.write("COMPACTION:WRITE", [target.bytes], position, done));
    position += target.bytes.length;
    from += run.length;
  }
  return true;
}

/** The records from `from` on that lie in one segment and close enough together to be read at once. */
function nextRun(records: readonly KeptRecord[], from: number): KeptRecord[] {
  const first = records[from] as KeptRecord;
  let end = from + 1;
  for (; end < records.length; end++) {
    const record = records[end] as KeptRecord;
    if (record.segment !== first.segment) break;
    if (record.position + record.size - first.position > COPY_SIZE) break;
  }
  return records.slice(from, end);
}

function markRecordDamaged(log: Log, { segment, head }: KeptRecord): void {
  segment.isDamaged = true;
  for (let entry = head; entry < segment.recordEnd(head); entry++) {
    log.markDamaged(segment.sequenceAt(entry));
  }
}
