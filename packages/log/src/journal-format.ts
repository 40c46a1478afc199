import { type Block, blockOf, getUint53, setUint53 } from "./block.ts";
import { crc32c, crc32cWord } from "./crc32c.ts";
import { checkRecord, RECORD_HEAD_SIZE } from "./record.ts";

/*
 * A journal file, named `<number, 10 digits>.jnl`. It is a header block and then frames, one for each commit; every
 * one of them begins at a multiple of 4096, so that a write torn by a crash cannot touch an earlier frame. Numbers are
 * little-endian.
 *
 * header (4096 B)
 *      0          8         12       16        32      36 … 4096
 *     +----------+---------+--------+---------+-------+---------+
 *     | OXBOWJNL | version | number | store   | crc   | zero    |
 *     |          | u32     | u32    | id 16 B | u32   |         |
 *     +----------+---------+--------+---------+-------+---------+
 *
 * frame
 *      0       4      8        12       20      24        28        32      36 … 48
 *     +-------+------+--------+--------+-------+---------+---------+-------+------+--------+---
 *     | OXJF  | crc  | journal| commit | size  | records | records | flags | zero | record | …
 *     |       | u32  | u32    | u64    | u32   | u32     | crc u32 | u32   |      |        |
 *     +-------+------+--------+--------+-------+---------+---------+-------+------+--------+---
 * crc          covers the frame head's [8, 48)
 * commit       rises by one from frame to frame, over all journal files of the store
 * size         of the frame with its head, without the padding to the next multiple of 4096
 * records crc  CRC-32C over the records' own checksums, in order
 * flags        1 = the records are the store's state at the beginning of this journal file
 */
export const FRAME_ALIGNMENT = 4096;
export const FRAME_HEAD_SIZE = 48;
export const FRAME_SNAPSHOT = 1;
const JOURNAL_VERSION = 1;
const JOURNAL_MAGIC = Buffer.from("OXBOWJNL", "latin1");
const FRAME_MAGIC = 0x464a584f;

/** The name of journal file `number`. */
export function journalFileName(number: number): string {
  return `${String(number).padStart(10, "0")}.jnl`;
}

/** The number in a journal file's name; `undefined` for another file. */
export function numberOfFileName(name: string): number | undefined {
  return /^\d{10}\.jnl$/.test(name) ? Number(name.slice(0, 10)) : undefined;
}

/** `size` rounded up to where the next frame may begin. */
export function aligned(size: number): number {
  return Math.ceil(size / FRAME_ALIGNMENT) * FRAME_ALIGNMENT;
}

export function encodeJournalHeader(number: number, storeId: Buffer): Buffer {
  const { bytes, view } = blockOf(Buffer.alloc(FRAME_ALIGNMENT));
  JOURNAL_MAGIC.copy(bytes, 0);
  view.setUint32(8, JOURNAL_VERSION, true);
  view.setUint32(12, number, true);
  storeId.copy(bytes, 16);
  view.setUint32(32, crc32c(view, 0, 32), true);
  return bytes;
}

/** Whether the block begins with the header of journal file `number` of the store. */
export function isJournalHeader({ bytes, view }: Block, number: number, storeId: Buffer): boolean {
  return (
    bytes.length >= FRAME_ALIGNMENT &&
    bytes.compare(JOURNAL_MAGIC, 0, 8, 0, 8) === 0 &&
    view.getUint32(32, true) === crc32c(view, 0, 32) &&
    view.getUint32(8, true) === JOURNAL_VERSION &&
    view.getUint32(12, true) === number &&
    bytes.compare(storeId, 0, 16, 16, 32) === 0
  );
}

/** Writes the head of the frame whose records lie in `[48, size)`. */
export function encodeFrameHead(
  { view, bytes }: Block,
  journal: number,
  commit: number,
  size: number,
  recordCount: number,
  recordsCrc: number,
  flags: number,
): void {
  view.setUint32(0, FRAME_MAGIC, true);
  view.setUint32(8, journal, true);
  setUint53(view, 12, commit);
  view.setUint32(20, size, true);
  view.setUint32(24, recordCount, true);
  view.setUint32(28, recordsCrc, true);
  view.setUint32(32, flags, true);
  bytes.fill(0, 36, FRAME_HEAD_SIZE);
  view.setUint32(4, crc32c(view, 8, FRAME_HEAD_SIZE), true);
}

/** What a frame's head says. */
export interface FrameHead {
  readonly commit: number;
  readonly size: number;
  readonly recordCount: number;
  readonly recordsCrc: number;
  readonly flags: number;
}

/** The frame head at `at`; `undefined` if there is none of this journal file. */
export function decodeFrameHead(view: DataView, at: number, journal: number): FrameHead | undefined {
  if (at + FRAME_HEAD_SIZE > view.byteLength) return undefined;
  if (view.getUint32(at, true) !== FRAME_MAGIC) return undefined;
  if (view.getUint32(at + 4, true) !== crc32c(view, at + 8, at + FRAME_HEAD_SIZE)) return undefined;
  if (view.getUint32(at + 8, true) !== journal) return undefined;
  return {
    commit: getUint53(view, at + 12),
    size: view.getUint32(at + 20, true),
    recordCount: view.getUint32(at + 24, true),
    recordsCrc: view.getUint32(at + 28, true),
    flags: view.getUint32(at + 32, true),
  };
}

/** Whether every record of the frame at `at` is whole, and they are the ones that were committed together. */
export function isFrameWhole(view: DataView, at: number, head: FrameHead): boolean {
  const end = at + head.size;
  if (end > view.byteLength) return false;
  let crc = 0;
  let count = 0;
  let position = at + FRAME_HEAD_SIZE;
  while (position < end) {
    if (checkRecord(view, position, end) !== "valid") return false;
    crc = crc32cWord(view.getUint32(position, true), crc);
    count++;
    position += view.getUint32(position + 4, true);
  }
  return count === head.recordCount && crc === head.recordsCrc;
}

/** Calls `visit` for each valid record of a frame; damaged ones are skipped as far as their sizes can be trusted. */
export function forEachRecord(
  view: DataView,
  at: number,
  head: FrameHead,
  visit: (position: number) => void,
): void {
  const end = Math.min(at + head.size, view.byteLength);
  let position = at + FRAME_HEAD_SIZE;
  while (position + RECORD_HEAD_SIZE <= end) {
    const check = checkRecord(view, position, end);
    if (check === "incomplete") return;
    if (check === "valid") visit(position);
    const size = view.getUint32(position + 4, true);
    if (size < RECORD_HEAD_SIZE) return;
    position += size;
  }
}
