/**
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4) of a range of bytes, by slicing-by-8: eight table look-ups for eight
 * bytes. Node's `zlib.crc32` is the IEEE polynomial, which storage formats of this field do not use.
 *
 * It reads through a `DataView` because V8 turns `getInt32` into one load: 1.2 GB/s against 0.8 GB/s when the words
 * are put together from bytes (160-byte records, Node 26).
 */
const POLYNOMIAL = 0x82f63b78;

/** Eight tables of 256 entries, one after another: table `k` advances a byte's remainder by `k` further bytes. */
const table = makeTable();

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

/** The CRC-32C of the bytes `[start, end)` of `view`, unsigned; `previous` continues an earlier range. */
export function crc32c(view: DataView, start: number, end: number, previous = 0): number {
  let crc = ~previous;
  let at = start;
  for (const blocksEnd = end - 7; at < blocksEnd; at += 8) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      (table[1792 + (low & 0xff)] as number) ^
      (table[1536 + ((low >>> 8) & 0xff)] as number) ^
      (table[1280 + ((low >>> 16) & 0xff)] as number) ^
      (table[1024 + (low >>> 24)] as number) ^
      (table[768 + (high & 0xff)] as number) ^
      (table[512 + ((high >>> 8) & 0xff)] as number) ^
      (table[256 + ((high >>> 16) & 0xff)] as number) ^
      (table[high >>> 24] as number);
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
