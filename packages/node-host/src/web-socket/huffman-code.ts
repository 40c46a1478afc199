/** Symbols of the larger alphabet of DEFLATE: bytes, the end of a block, and lengths. */
export const LITERALS_MAX = 288;

const CODE_LENGTH_MAX = 15;

/** A canonical Huffman code (RFC 1951, section 3.2.2). */
export interface Code {
  /** How many symbols have a code of that length. */
  readonly counts: Uint16Array;
  /** Symbols in the order of their codes. */
  readonly symbols: Uint16Array;
}

/** The lengths of the codes that need not be sent (section 3.2.6). */
export const FIXED_LENGTHS: Uint8Array = new Uint8Array(LITERALS_MAX)
  .fill(8, 0, 144)
  .fill(9, 144, 256)
  .fill(7, 256, 280)
  .fill(8, 280);

/** Room for a code of so many symbols. */
export function makeCode(symbolCount: number): Code {
  return {
    counts: new Uint16Array(CODE_LENGTH_MAX + 1),
    symbols: new Uint16Array(symbolCount),
  };
}

const offsets = new Uint16Array(CODE_LENGTH_MAX + 1);

/**
 * Makes the code of `count` symbols whose lengths are in `lengths` from `start` on; 0: it is not used.
 *
 * @returns `partial` where not all bits mean something, which is allowed with a single symbol or none.
 */
export function buildCode(
  { counts, symbols }: Code,
  lengths: Uint8Array,
  start: number,
  count: number,
): "complete" | "partial" | "invalid" {
  counts.fill(0);
  for (let at = start; at < start + count; at++) {
    const length = lengths[at] as number;
    counts[length] = (counts[length] as number) + 1;
  }
  let left = 1;
  for (let length = 1; length <= CODE_LENGTH_MAX; length++) {
    left = 2 * left - (counts[length] as number);
    if (left < 0) return "invalid";
  }
  offsets[1] = 0;
  for (let length = 1; length < CODE_LENGTH_MAX; length++) {
    offsets[length + 1] = (offsets[length] as number) + (counts[length] as number);
  }
  for (let symbol = 0; symbol < count; symbol++) {
    const length = lengths[start + symbol] as number;
    if (length === 0) continue;
    symbols[offsets[length] as number] = symbol;
    offsets[length] = (offsets[length] as number) + 1;
  }
  if (left === 0) return "complete";
  return (counts[0] as number) + (counts[1] as number) === count ? "partial" : "invalid";
}
