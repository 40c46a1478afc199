import { archiveError } from "./errors.ts";

const TAG_LITERAL = 0;
const TAG_COPY_1 = 1;
const TAG_COPY_2 = 2;
/** Bytes that make a match worth while, and that its hash is made of. */
const MATCH_SIZE_MIN = 4;
const HASH_BITS = 14;
/** The longest distance of a two-byte copy. */
const OFFSET_MAX = 0xffff;
/** The longest copy one element holds. */
const COPY_SIZE_MAX = 64;

/**
 * Decodes the elements in `[start, end)` of `source`, which are to fill `target` exactly.
 *
 * @throws `ARCHIVE_INVALID`.
 */
export function decodeS2Block(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
): void {
  let from = start;
  let to = 0;
  let offset = 0;
  const byte = (): number => {
    if (from >= end) throw archiveError("a compressed block is cut short");
    return source[from++] as number;
  };
  while (from < end) {
    const tag = byte();
    let size: number;
    if ((tag & 3) === TAG_LITERAL) {
      size = literalSize(tag >> 2, byte);
      if (size > end - from || size > target.length - to) throw tooLong();
      target.set(source.subarray(from, from + size), to);
      from += size;
      to += size;
      continue;
    }
    if ((tag & 3) === TAG_COPY_1) {
      const near = ((tag & 0xe0) << 3) | byte();
      size = (tag >> 2) & 7;
      // No offset: the one before again, with sizes of its own.
      if (near !== 0) offset = near;
      else if (size === 5) size = byte() + 4;
      else if (size === 6) size = (byte() | (byte() << 8)) + 0x100;
      else if (size === 7) size = (byte() | (byte() << 8) | (byte() << 16)) + 0x1_0000;
      size += 4;
    } else {
      size = (tag >> 2) + 1;
      offset = byte() | (byte() << 8);
      if ((tag & 3) !== TAG_COPY_2) offset = (offset | (byte() << 16) | (byte() << 24)) >>> 0;
    }
    if (offset === 0 || offset > to || size > target.length - to) throw tooLong();
    if (offset >= size) target.copyWithin(to, to - offset, to - offset + size);
    else for (let i = 0; i < size; i++) target[to + i] = target[to + i - offset] as number;
    to += size;
  }
  if (to !== target.length) throw archiveError("a compressed block is shorter than it says");
}

function literalSize(code: number, byte: () => number): number {
  if (code < 60) return code + 1;
  let size = 0;
  for (let i = 0; i < code - 59; i++) size += byte() * 2 ** (8 * i);
  return size + 1;
}

function tooLong(): Error {
  return archiveError("a compressed block reaches beyond its end");
}

const table: Int32Array = new Int32Array(1 << HASH_BITS);

/**
 * Compresses `source` (at most 64 KiB, so that two bytes hold any offset) to Snappy elements, which are S2 as well.
 *
 * @param target - Has room for {@link s2BlockSizeMax} bytes.
 * @returns The bytes written.
 */
export function encodeS2Block(source: Uint8Array, target: Uint8Array): number {
  table.fill(-1);
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  const lastStart = source.length - MATCH_SIZE_MIN;
  let to = 0;
  let literalStart = 0;
  let at = 0;
  let misses = 0;
  while (at <= lastStart) {
    const word = view.getInt32(at, true);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS);
    const candidate = table[slot] as number;
    table[slot] = at;
    if (candidate < 0 || at - candidate > OFFSET_MAX || view.getInt32(candidate, true) !== word) {
      // The longer nothing repeats, the larger the steps: random bytes are passed over quickly.
      at += 1 + (misses++ >> 5);
      continue;
    }
    misses = 0;
    to = writeLiteral(source, literalStart, at, target, to);
    let end = at + MATCH_SIZE_MIN;
    while (end < source.length && source[end] === source[candidate + end - at]) end++;
    to = writeCopy(at - candidate, end - at, target, to);
    at = end;
    literalStart = end;
  }
  return writeLiteral(source, literalStart, source.length, target, to);
}

/** Bytes that {@link encodeS2Block} writes at most. */
export function s2BlockSizeMax(size: number): number {
  return size + Math.ceil(size / COPY_SIZE_MAX) + 16;
}

function writeLiteral(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  to: number,
): number {
  const size = end - start;
  if (size === 0) return to;
  let at = to;
  if (size <= 60) target[at++] = (size - 1) << 2;
  else {
    const byteCount = size <= 0x100 ? 1 : 2;
    target[at++] = (59 + byteCount) << 2;
    for (let i = 0; i < byteCount; i++) target[at++] = (size - 1) >>> (8 * i);
  }
  target.set(source.subarray(start, end), at);
  return at + size;
}

function writeCopy(offset: number, size: number, target: Uint8Array, to: number): number {
  let at = to;
  for (let left = size; left > 0; left -= COPY_SIZE_MAX) {
    target[at++] = ((Math.min(left, COPY_SIZE_MAX) - 1) << 2) | TAG_COPY_2;
    target[at++] = offset & 0xff;
    target[at++] = offset >>> 8;
  }
  return at;
}
