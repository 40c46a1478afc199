/** Bytes the protocol gives a meaning to. */
export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const COLON = 58;
export const ZERO = 48;
export const NINE = 57;
/** Turns an upper-case ASCII letter into its lower-case one; also maps some other bytes, but none to a letter. */
export const CASE_BIT = 0x20;

/** Whether `byte` separates fields on a control line. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** Whether the bytes `[start, end)` of `buffer` are exactly `expected`. */
export function bytesEqual(
  buffer: Uint8Array,
  start: number,
  end: number,
  expected: Uint8Array,
): boolean {
  const size = expected.length;
  if (end - start !== size) return false;
  for (let i = 0; i < size; i++) if (buffer[start + i] !== expected[i]) return false;
  return true;
}
