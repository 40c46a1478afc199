import { type Block, blockOf } from "../block.ts";
import type { Log } from "../log.ts";
import { RecordView } from "../record.ts";
import { IndexEntries } from "../segment/index-entries.ts";
import type { SegmentIndex } from "../segment/segment.ts";
import {
  decodeTrailer,
  SEGMENT_HEADER_SIZE,
  SEGMENT_TRAILER_SIZE,
  type SegmentHeader,
} from "../segment/segment-format.ts";
import { messageSequenceAt } from "./segment-scan.ts";

/**
 * Makes the index of a compacted segment anew from its records. A sequence without a record was removed, unless there
 * are bytes that can't be read where it would be.
 */
export function scanCompacted(
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
    sequence = messageSequenceAt(block, at, log.id);
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
