import { crc32c } from "@oxbow/base";
import { allocateBlock, type Block, blockOf, getUint53, setUint53 } from "../block.ts";
import type { SubjectTable } from "../subject-table.ts";
import type { SegmentIndex } from "./segment.ts";

/*
 * A segment file, named `<base sequence, 20 digits>.seg`. Numbers are little-endian. FORMAT.md draws the rest.
 *
 *     header (64 B) | record | record | …                                     being filled
 *     header (64 B) | record | record | … | index block | trailer (32 B)      sealed
 *
 * header
 *      0          8         10      12       16        24        40         48      52 … 64
 *     +----------+---------+-------+--------+---------+---------+----------+-------+---------+
 *     | OXBOWSEG | version | flags | log id | base    | store   | sequence | crc   | zero    |
 *     |          | u16     | u16   | u32    | seq u64 | id 16 B | end u64  | u32   |         |
 *     +----------+---------+-------+--------+---------+---------+----------+-------+---------+
 * flags         1 = compacted: it stands for [base, sequence end), and sequences without a record were removed
 * sequence end  0 unless compacted
 * crc           covers [0, 48)
 */
export const SEGMENT_HEADER_SIZE = 64;
/** Version 2 has lifetimes of messages. */
export const SEGMENT_VERSION = 2;
const SEGMENT_MAGIC = Buffer.from("OXBOWSEG", "latin1");
const HEADER_COMPACTED = 1;

/*
 * index block
 *      0          4       8         16        20        24           32
 *     +----------+-------+---------+---------+---------+------------+-----------+----------+-------+---------+---------+-------+
 *     | entries  | flags | base ms | subject | names   | sequence   | positions | subjects | times | offsets | ttls    | names |
 *     | n  u32   | u32   | f64     | s u32   | size u32| end u64    | n × u32   | n × u32  | n×u32 | n × u32 | n × u32 |       |
 *     +----------+-------+---------+---------+---------+------------+-----------+----------+-------+---------+---------+-------+
 * flags     1 = sparse: there are offsets, after the base sequence; otherwise entry i is sequence base + i
 *           2 = there are ttls
 * subjects  a number in the block's own list of names, from 1; 0 = no message; bit 31 = the message has headers
 * times     milliseconds after base ms
 * ttls      lifetimes of messages in seconds, 0 = none of its own, 2^32 - 1 = the message is removed by no age limit
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
const INDEX_HEAD_SIZE = 32;
const INDEX_SPARSE = 1;
const INDEX_TTLS = 2;
const TRAILER_MAGIC = Buffer.from("OXBOWEND", "latin1");
const HEADERS_BIT = 0x80000000;

const SEGMENT_SUFFIX = ".seg";
export const TOMBSTONE_SUFFIX = ".del";

/** The name of the segment file that begins with `base`. */
export function segmentFileName(base: number): string {
  return `${String(base).padStart(20, "0")}${SEGMENT_SUFFIX}`;
}

/** The name of the file that lists what was removed from the segment that begins with `base`. */
export function tombstoneFileName(base: number): string {
  return `${String(base).padStart(20, "0")}${TOMBSTONE_SUFFIX}`;
}

/** Ends the name of a file until it is whole and takes its place by a rename. */
export const TEMPORARY_SUFFIX = ".new";

/** What the file `name` is named until then. */
export function temporaryName(name: string): string {
  return `${name}${TEMPORARY_SUFFIX}`;
}

/** The sequence in the name of a segment file, or of another kind of file; `undefined` for any other name. */
export function baseOfFileName(name: string, suffix: string = SEGMENT_SUFFIX): number | undefined {
  const isOne = name.length === 20 + suffix.length && name.endsWith(suffix);
  return isOne && /^\d{20}/.test(name) ? Number(name.slice(0, 20)) : undefined;
}

/** The header of a segment of log `logId`; a compacted one says up to where it stands for its sequences. */
export function encodeSegmentHeader(
  logId: number,
  base: number,
  storeId: Buffer,
  compactedEnd = 0,
): Buffer {
  const { bytes, view } = blockOf(Buffer.alloc(SEGMENT_HEADER_SIZE));
  SEGMENT_MAGIC.copy(bytes, 0);
  view.setUint16(8, SEGMENT_VERSION, true);
  view.setUint16(10, compactedEnd > 0 ? HEADER_COMPACTED : 0, true);
  view.setUint32(12, logId, true);
  setUint53(view, 16, base);
  storeId.copy(bytes, 24);
  setUint53(view, 40, compactedEnd);
  view.setUint32(48, crc32c(view, 0, 48), true);
  return bytes;
}

/** What a segment's header says. */
export interface SegmentHeader {
  readonly version: number;
  readonly logId: number;
  readonly base: number;
  readonly storeId: Buffer;
  /** Where the sequences of a compacted segment end; 0 for another. */
  readonly compactedEnd: number;
}

/** The header that `block` begins with; `undefined` if it does not check out. */
export function decodeSegmentHeader({ bytes, view }: Block): SegmentHeader | undefined {
  if (bytes.length < SEGMENT_HEADER_SIZE || bytes.compare(SEGMENT_MAGIC, 0, 8, 0, 8) !== 0) {
    return undefined;
  }
  if (view.getUint32(48, true) !== crc32c(view, 0, 48)) return undefined;
  return {
    version: view.getUint16(8, true),
    logId: view.getUint32(12, true),
    base: getUint53(view, 16),
    storeId: bytes.subarray(24, 40),
    compactedEnd: (view.getUint16(10, true) & HEADER_COMPACTED) !== 0 ? getUint53(view, 40) : 0,
  };
}

/** The index block and trailer that seal a segment whose records end at `index.end`. */
export function encodeSegmentIndex(index: SegmentIndex, table: SubjectTable): Buffer {
  const { names, namesSize, local } = numberSubjects(index.subjects, table);
  const entryCount = index.positions.length;
  const arrays = [index.positions, local, index.times];
  if (index.offsets !== undefined) arrays.push(index.offsets);
  if (index.ttls !== undefined) arrays.push(index.ttls);
  const indexSize = INDEX_HEAD_SIZE + entryCount * 4 * arrays.length + namesSize;
  const block = allocateBlock(indexSize + SEGMENT_TRAILER_SIZE);
  const { bytes, view } = block;
  view.setUint32(0, entryCount, true);
  const isSparse = index.offsets === undefined ? 0 : INDEX_SPARSE;
  view.setUint32(4, isSparse | (index.ttls === undefined ? 0 : INDEX_TTLS), true);
  view.setFloat64(8, index.baseMs, true);
  view.setUint32(16, names.length, true);
  view.setUint32(20, namesSize, true);
  setUint53(view, 24, index.sequenceEnd);
  let at = INDEX_HEAD_SIZE;
  for (const array of arrays) {
    bytesOf(array).copy(bytes, at);
    at += array.length * 4;
  }
  for (const name of names) {
    view.setUint16(at, name.length, true);
    bytes.write(name, at + 2, "latin1");
    at += 2 + name.length;
  }
  encodeTrailer(block, indexSize, index.end);
  return bytes;
}

/** Gives the subjects of an index numbers of its own, in the order they appear. */
function numberSubjects(
  subjects: Uint32Array,
  table: SubjectTable,
): { names: string[]; namesSize: number; local: Uint32Array } {
  const numbers = new Map<number, number>();
  const names: string[] = [];
  let namesSize = 0;
  const local = subjects.map((subject) => {
    const id = subject & ~HEADERS_BIT;
    if (id === 0) return 0;
    let number = numbers.get(id);
    if (number === undefined) {
      const name = table.byteString(id);
      names.push(name);
      namesSize += 2 + name.length;
      number = names.length;
      numbers.set(id, number);
    }
    return (number | (subject & HEADERS_BIT)) >>> 0;
  });
  return { names, namesSize, local };
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
  if (view.getUint32(8, true) > SEGMENT_VERSION) return undefined;
  return { at: view.getUint32(12, true), size: view.getUint32(16, true) };
}

/**
 * Reads the index block and trailer in `block`, giving its subjects ids in `table`. `undefined`, with nothing changed,
 * when they do not check out.
 */
export function decodeSegmentIndex(
  { bytes, view }: Block,
  table: SubjectTable,
): SegmentIndex | undefined {
  const indexSize = bytes.length - SEGMENT_TRAILER_SIZE;
  if (indexSize < INDEX_HEAD_SIZE) return undefined;
  if (view.getUint32(indexSize + 20, true) !== crc32c(view, 0, indexSize + 20)) return undefined;
  const entryCount = view.getUint32(0, true);
  const flags = view.getUint32(4, true);
  const isSparse = (flags & INDEX_SPARSE) !== 0;
  const hasTtls = (flags & INDEX_TTLS) !== 0;
  const namesSize = view.getUint32(20, true);
  const arraysSize = entryCount * 4 * (3 + (isSparse ? 1 : 0) + (hasTtls ? 1 : 0));
  if (INDEX_HEAD_SIZE + arraysSize + namesSize !== indexSize) return undefined;
  const read = (part: number): Uint32Array => {
    const array = new Uint32Array(entryCount);
    const from = INDEX_HEAD_SIZE + part * entryCount * 4;
    bytes.copy(bytesOf(array), 0, from, from + entryCount * 4);
    return array;
  };
  const ids = internNames(bytes, view, indexSize - namesSize, view.getUint32(16, true), table);
  const subjects = read(1);
  for (let i = 0; i < entryCount; i++) {
    const subject = subjects[i] as number;
    const id = ids[subject & ~HEADERS_BIT] as number;
    subjects[i] = (id | (subject & HEADERS_BIT)) >>> 0;
  }
  return {
    positions: read(0),
    subjects,
    times: read(2),
    offsets: isSparse ? read(3) : undefined,
    ttls: hasTtls ? read(isSparse ? 4 : 3) : undefined,
    baseMs: view.getFloat64(8, true),
    sequenceEnd: getUint53(view, 24),
    end: view.getUint32(indexSize + 12, true),
  };
}

function internNames(
  bytes: Buffer,
  view: DataView,
  start: number,
  count: number,
  table: SubjectTable,
): number[] {
  const ids = [0];
  let at = start;
  for (let i = 0; i < count; i++) {
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
