import { allocateBlock, type Block, blockOf, getUint53, setUint53 } from "./block.ts";
import { crc32c } from "./crc32c.ts";
import type { Segment } from "./segment.ts";
import type { SubjectTable } from "./subject-table.ts";

/*
 * A segment file, named `<base sequence, 20 digits>.seg`. Numbers are little-endian. FORMAT.md draws the rest.
 *
 *     header (64 B) | record | record | …                                     being filled
 *     header (64 B) | record | record | … | index block | trailer (32 B)      sealed
 *
 * header
 *      0          8         12       16        24        40      44 … 64
 *     +----------+---------+--------+---------+---------+-------+---------+
 *     | OXBOWSEG | version | log id | base    | store   | crc   | zero    |
 *     |          | u32     | u32    | seq u64 | id 16 B | u32   |         |
 *     +----------+---------+--------+---------+---------+-------+---------+
 * crc covers [0, 40).
 */
export const SEGMENT_HEADER_SIZE = 64;
const SEGMENT_VERSION = 1;
const SEGMENT_MAGIC = Buffer.from("OXBOWSEG", "latin1");

/*
 * index block
 *      0          4       8         16       20        24
 *     +----------+-------+---------+--------+---------+-----------+----------+-------+----------+
 *     | entries  | zero  | base ms | subject| names   | positions | subjects | times | names    |
 *     | n  u32   |       | f64     | s  u32 | size u32| n × u32   | n × u32  | n×u32 |          |
 *     +----------+-------+---------+--------+---------+-----------+----------+-------+----------+
 * subjects  a number in the block's own list of names, from 1; 0 = no message; bit 31 = the message has headers
 * times     milliseconds after base ms
 * names     s × (size u16, bytes)
 *
 * trailer
 *      0          8         12       16         20      24      32
 *     +----------+---------+--------+----------+-------+-------+
 *     | OXBOWEND | version | index  | index    | crc   | zero  |
 *     |          | u32     | at u32 | size u32 | u32   |       |
 *     +----------+---------+--------+----------+-------+-------+
 * crc covers the index block and then the trailer's [0, 20).
 */
export const SEGMENT_TRAILER_SIZE = 32;
const INDEX_HEAD_SIZE = 24;
const TRAILER_MAGIC = Buffer.from("OXBOWEND", "latin1");
const HEADERS_BIT = 0x80000000;

/** The name of the segment file that begins with `base`. */
export function segmentFileName(base: number): string {
  return `${String(base).padStart(20, "0")}.seg`;
}

/** The name of the file that lists what was removed from the segment that begins with `base`. */
export function tombstoneFileName(base: number): string {
  return `${String(base).padStart(20, "0")}.del`;
}

/** The sequence in a segment's file name; `undefined` for another file. */
export function baseOfFileName(name: string): number | undefined {
  return /^\d{20}\.seg$/.test(name) ? Number(name.slice(0, 20)) : undefined;
}

export function encodeSegmentHeader(logId: number, base: number, storeId: Buffer): Buffer {
  const { bytes, view } = blockOf(Buffer.alloc(SEGMENT_HEADER_SIZE));
  SEGMENT_MAGIC.copy(bytes, 0);
  view.setUint32(8, SEGMENT_VERSION, true);
  view.setUint32(12, logId, true);
  setUint53(view, 16, base);
  storeId.copy(bytes, 24);
  view.setUint32(40, crc32c(view, 0, 40), true);
  return bytes;
}

/** Whether `block` begins with the header of this log's segment that starts at `base`. */
export function isSegmentHeader(block: Block, logId: number, base: number): boolean {
  const { bytes, view } = block;
  return (
    bytes.length >= SEGMENT_HEADER_SIZE &&
    bytes.compare(SEGMENT_MAGIC, 0, 8, 0, 8) === 0 &&
    view.getUint32(40, true) === crc32c(view, 0, 40) &&
    view.getUint32(8, true) === SEGMENT_VERSION &&
    view.getUint32(12, true) === logId &&
    getUint53(view, 16) === base
  );
}

/** The index block and trailer that seal a segment whose records end at `segment.end`. */
export function encodeSegmentIndex(segment: Segment, subjects: SubjectTable): Buffer {
  const arrays = segment.indexArrays();
  const numbers = new Map<number, number>();
  const names: string[] = [];
  let namesSize = 0;
  const local = arrays.subjects.map((subject) => {
    const id = subject & ~HEADERS_BIT;
    if (id === 0) return 0;
    let number = numbers.get(id);
    if (number === undefined) {
      const name = subjects.name(id);
      names.push(name);
      namesSize += 2 + name.length;
      number = names.length;
      numbers.set(id, number);
    }
    return (number | (subject & HEADERS_BIT)) >>> 0;
  });
  const indexSize = INDEX_HEAD_SIZE + segment.length * 12 + namesSize;
  const block = allocateBlock(indexSize + SEGMENT_TRAILER_SIZE);
  const { bytes, view } = block;
  view.setUint32(0, segment.length, true);
  view.setUint32(4, 0, true);
  view.setFloat64(8, segment.baseMs, true);
  view.setUint32(16, names.length, true);
  view.setUint32(20, namesSize, true);
  let at = INDEX_HEAD_SIZE;
  for (const array of [arrays.positions, local, arrays.times]) {
    bytesOf(array).copy(bytes, at);
    at += array.length * 4;
  }
  for (const name of names) {
    view.setUint16(at, name.length, true);
    bytes.write(name, at + 2, "latin1");
    at += 2 + name.length;
  }
  encodeTrailer(block, indexSize, segment.end);
  return bytes;
}

function encodeTrailer({ bytes, view }: Block, indexSize: number, indexAt: number): void {
  TRAILER_MAGIC.copy(bytes, indexSize);
  view.setUint32(indexSize + 8, SEGMENT_VERSION, true);
  view.setUint32(indexSize + 12, indexAt, true);
  view.setUint32(indexSize + 16, indexSize, true);
  view.setUint32(indexSize + 20, crc32c(view, 0, indexSize + 20), true);
  bytes.fill(0, indexSize + 24, indexSize + SEGMENT_TRAILER_SIZE);
}

/** Where the index of a sealed segment lies, read from its trailer; `undefined` if there is no trailer. */
export function decodeTrailer(trailer: Block): { at: number; size: number } | undefined {
  const { bytes, view } = trailer;
  if (bytes.compare(TRAILER_MAGIC, 0, 8, 0, 8) !== 0) return undefined;
  if (view.getUint32(8, true) !== SEGMENT_VERSION) return undefined;
  return { at: view.getUint32(12, true), size: view.getUint32(16, true) };
}

/**
 * Fills `segment` from the index block and trailer in `block`, giving its subjects ids in `table`. Returns false,
 * having changed nothing, when they do not check out.
 */
export function decodeSegmentIndex(block: Block, segment: Segment, table: SubjectTable): boolean {
  const { bytes, view } = block;
  const indexSize = bytes.length - SEGMENT_TRAILER_SIZE;
  if (indexSize < INDEX_HEAD_SIZE) return false;
  if (view.getUint32(indexSize + 20, true) !== crc32c(view, 0, indexSize + 20)) return false;
  const entryCount = view.getUint32(0, true);
  const nameCount = view.getUint32(16, true);
  const namesSize = view.getUint32(20, true);
  if (INDEX_HEAD_SIZE + entryCount * 12 + namesSize !== indexSize) return false;
  const ids = decodeNames(block, indexSize - namesSize, indexSize, nameCount, table);
  const read = (part: number): Uint32Array => {
    const array = new Uint32Array(entryCount);
    const from = INDEX_HEAD_SIZE + part * entryCount * 4;
    bytes.copy(bytesOf(array), 0, from, from + entryCount * 4);
    return array;
  };
  const subjects = read(1);
  for (let i = 0; i < entryCount; i++) {
    const subject = subjects[i] as number;
    const id = ids[subject & ~HEADERS_BIT] as number;
    subjects[i] = (id | (subject & HEADERS_BIT)) >>> 0;
  }
  segment.restore(
    read(0),
    subjects,
    read(2),
    view.getFloat64(8, true),
    view.getUint32(indexSize + 12, true),
  );
  segment.sealed = true;
  return true;
}

function decodeNames(
  { bytes, view }: Block,
  start: number,
  end: number,
  count: number,
  table: SubjectTable,
): number[] {
  const ids = [0];
  let at = start;
  for (let i = 0; i < count && at + 2 <= end; i++) {
    const size = view.getUint16(at, true);
    ids.push(table.intern(bytes, at + 2, at + 2 + size));
    at += 2 + size;
  }
  return ids;
}

/** An array's memory as bytes. The format is little-endian, and so is every platform Node runs on. */
function bytesOf(array: Uint32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}
