import { allocateBlock, type Block } from "../block.ts";
import { ByteReader, ByteWriter } from "../byte-writer.ts";
import { checkRecord, KIND_REMOVED, RECORD_HEAD_SIZE, sealRecord } from "../record.ts";
import type { SequenceRanges } from "../sequence-ranges.ts";
import type { Segment } from "./segment.ts";

/**
 * Encodes sequences for a tombstone: how many, then each as its difference from the one before, zigzag, so that runs
 * take a byte each.
 */
export function encodeSequences(sequences: readonly number[]): Buffer {
  const writer = new ByteWriter(16 + sequences.length * 2);
  writer.integer(sequences.length);
  let previous = 0;
  for (const sequence of sequences) {
    const step = sequence - previous;
    writer.integer(step < 0 ? -step * 2 - 1 : step * 2);
    previous = sequence;
  }
  return writer.bytes;
}

/** Calls `visit` for each sequence that {@link encodeSequences} wrote. */
export function decodeSequences(bytes: Buffer, visit: (sequence: number) => void): void {
  const reader = new ByteReader(bytes);
  const count = reader.integer();
  let sequence = 0;
  for (let i = 0; i < count && !reader.failed; i++) {
    const step = reader.integer();
    sequence += step % 2 === 1 ? -(step + 1) / 2 : step / 2;
    visit(sequence);
  }
}

/**
 * The content of a tombstone file: one record with every sequence that was removed from the segment. Those that are
 * gone because they are `damaged` are not among them, or nobody would ever hear of them again.
 */
export function encodeTombstones(logId: number, segment: Segment, damaged: SequenceRanges): Buffer {
  const removed: number[] = [];
  for (let i = 0; i < segment.length; i++) {
    const sequence = segment.sequenceAt(i);
    if (segment.subjectAt(i) === 0 && !damaged.has(sequence)) removed.push(sequence);
  }
  const body = encodeSequences(removed);
  const block = allocateBlock(RECORD_HEAD_SIZE + body.length);
  body.copy(block.bytes, RECORD_HEAD_SIZE);
  sealRecord(block, 0, block.bytes.length, KIND_REMOVED, logId);
  return block.bytes;
}

/** Calls `visit` for each sequence in a tombstone file of log `logId`; false if it does not check out. */
export function decodeTombstones(
  { bytes, view }: Block,
  logId: number,
  visit: (sequence: number) => void,
): boolean {
  const isWhole =
    checkRecord(view, 0, bytes.length) === "valid" &&
    view.getUint32(4, true) === bytes.length &&
    view.getUint8(8) === KIND_REMOVED &&
    view.getUint32(12, true) === logId;
  if (isWhole) decodeSequences(bytes.subarray(RECORD_HEAD_SIZE), visit);
  return isWhole;
}
