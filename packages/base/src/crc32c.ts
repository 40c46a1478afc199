/**
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4) of a range of bytes, by slicing-by-8: eight table look-ups for eight
 * bytes. Node's `zlib.crc32` is the IEEE polynomial, which storage formats of this field do not use.
 *
 * It reads through a `DataView` because V8 turns `getInt32` into one load: 1.2 GB/s against 0.8 GB/s when the words
 * are put together from bytes (160-byte records, Node 26). Each step waits for the one before it, so longer ranges are
 * taken as three lanes side by side, whose remainders are then put together: the processor works on all three at once
 * (1.9 GB/s for records of 1 KiB).
 */
const POLYNOMIAL = 0x82f63b78;
/** Bytes of a lane: for ranges of a few hundred bytes, and for longer ones. Multiples of 8. */
const SHORT_LANE = 48;
const LONG_LANE = 128;

/** Eight tables of 256 entries, one after another: table `k` advances a byte's remainder by `k` further bytes. */
const table = makeTable();
const shortShift = makeShift(SHORT_LANE);
const longShift = makeShift(LONG_LANE);

function makeTable(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    made[byte] = crc;
  }
  for (let byte = 0; byte < 256; byte++) {
    let crc = made[byte] as number;
    for (let slice = 1; slice < 8; slice++) {
      crc = (made[crc & 0xff] as number) ^ (crc >>> 8);
      made[slice * 256 + byte] = crc;
    }
  }
  return made;
}

/** Four tables of 256 entries, one for each byte of a remainder: what it becomes behind `size` zero bytes. */
function makeShift(size: number): Int32Array {
  const bits = Array.from({ length: 32 }, (_, bit) => {
    let crc = 1 << bit;
    for (let i = 0; i < size; i++) crc = (table[crc & 0xff] as number) ^ (crc >>> 8);
    return crc;
  });
  return Int32Array.from({ length: 4 * 256 }, (_, index) => {
    let crc = 0;
    for (let bit = 0; bit < 8; bit++) {
      if (index & (1 << bit)) crc ^= bits[(index >>> 8) * 8 + bit] as number;
    }
    return crc;
  });
}

/** The CRC-32C of the bytes `[start, end)` of `view`, unsigned; `previous` continues an earlier range. */
export function crc32c(view: DataView, start: number, end: number, previous = 0): number {
  let crc = ~previous;
  let at = start;
  for (; end - at >= 3 * LONG_LANE; at += 3 * LONG_LANE) {
    crc = lanes(view, at, LONG_LANE, longShift, crc);
  }
  for (; end - at >= 3 * SHORT_LANE; at += 3 * SHORT_LANE) {
    crc = lanes(view, at, SHORT_LANE, shortShift, crc);
  }
  for (const blocksEnd = end - 7; at < blocksEnd; at += 8) {
    crc = step(crc ^ view.getInt32(at, true), view.getInt32(at + 4, true));
  }
  for (; at < end; at++) crc = (table[(crc ^ view.getUint8(at)) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Folds one 32-bit value (a record's own checksum) into a running CRC-32C, as its four little-endian bytes. */
export function crc32cWord(word: number, previous: number): number {
  const low = ~previous ^ word;
  const crc =
    (table[768 + (low & 0xff)] as number) ^
    (table[512 + ((low >>> 8) & 0xff)] as number) ^
    (table[256 + ((low >>> 16) & 0xff)] as number) ^
    (table[low >>> 24] as number);
  return ~crc >>> 0;
}

/** The remainder after eight bytes, the first four of which are already mixed with the one before. */
function step(low: number, high: number): number {
  return (
    (table[1792 + (low & 0xff)] as number) ^
    (table[1536 + ((low >>> 8) & 0xff)] as number) ^
    (table[1280 + ((low >>> 16) & 0xff)] as number) ^
    (table[1024 + (low >>> 24)] as number) ^
    (table[768 + (high & 0xff)] as number) ^
    (table[512 + ((high >>> 8) & 0xff)] as number) ^
    (table[256 + ((high >>> 16) & 0xff)] as number) ^
    (table[high >>> 24] as number)
  );
}

/** The remainder after three lanes of `size` bytes from `at` on. */
function lanes(view: DataView, at: number, size: number, shift: Int32Array, crc: number): number {
  let first = crc;
  let second = 0;
  let third = 0;
  const secondAt = size;
  const thirdAt = size * 2;
  for (const end = at + size; at < end; at += 8) {
    first = step(first ^ view.getInt32(at, true), view.getInt32(at + 4, true));
    second = step(
      second ^ view.getInt32(at + secondAt, true),
      view.getInt32(at + secondAt + 4, true),
    );
    third = step(third ^ view.getInt32(at + thirdAt, true), view.getInt32(at + thirdAt + 4, true));
  }
  return shifted(shift, shifted(shift, first) ^ second) ^ third;
}

function shifted(shift: Int32Array, crc: number): number {
  return (
    (shift[crc & 0xff] as number) ^
    (shift[256 + ((crc >>> 8) & 0xff)] as number) ^
    (shift[512 + ((crc >>> 16) & 0xff)] as number) ^
    (shift[768 + (crc >>> 24)] as number)
  );
}
