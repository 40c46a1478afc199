const ZERO = 0x30;
const INT32_MAX = 0x7fffffff;

/** Number of digits of `value`, an integer from 0 to 2^53 - 1. */
export function decimalSize(value: number): number {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1_000) return 3;
  if (value < 10_000) return 4;
  let digitCount = 5;
  for (let bound = 100_000; bound <= value; bound *= 10) digitCount++;
  return digitCount;
}

/**
 * Writes `value`, an integer from 0 to 2^53 - 1, as decimal digits; there must be room for {@link decimalSize} bytes.
 *
 * @returns Position after the last digit.
 */
export function writeDecimal(buffer: Uint8Array, at: number, value: number): number {
  const end = at + decimalSize(value);
  let rest = value;
  let position = end;
  // Nine digits at a time, because dividing 32-bit integers is several times as fast as dividing doubles.
  while (rest > INT32_MAX) {
    const high = Math.floor(rest / 1_000_000_000);
    let low = rest - high * 1_000_000_000;
    for (let i = 0; i < 9; i++) {
      const quotient = (low / 10) | 0;
      buffer[--position] = ZERO + (low - quotient * 10);
      low = quotient;
    }
    rest = high;
  }
  let low = rest | 0;
  while (position > at) {
    const quotient = (low / 10) | 0;
    buffer[--position] = ZERO + (low - quotient * 10);
    low = quotient;
  }
  return end;
}
