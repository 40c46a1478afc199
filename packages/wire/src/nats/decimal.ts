import { NINE, ZERO } from "./ascii.ts";

/** Digits of 2^53 - 1. */
const DIGITS_MAX = 16;
const INT32_MAX = 0x7fffffff;
/** nats-server refuses sizes of more digits, leading zeros included. */
export const SIZE_DIGITS_MAX = 9;

/**
 * The non-negative decimal integer in the bytes `[start, end)`.
 *
 * @returns -1 if there is none, any byte is not a digit, there are more than 16 digits, or it is above 2^53 - 1.
 */
export function parseDecimal(buffer: Uint8Array, start: number, end: number): number {
  const digitCount = end - start;
  if (digitCount < 1 || digitCount > DIGITS_MAX) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const byte = buffer[at]!;
    if (byte < ZERO || byte > NINE) return -1;
    value = value * 10 + (byte - ZERO);
  }
  // Sixteen digits stay below 2^54, where doubles are still exact enough to tell what is above the limit.
  return value <= Number.MAX_SAFE_INTEGER ? value : -1;
}

/** A size on a control line: like {@link parseDecimal}, of at most 9 digits, so that it fits 32-bit arithmetic. */
export function parseSize(buffer: Uint8Array, start: number, end: number): number {
  const digitCount = end - start;
  if (digitCount < 1 || digitCount > SIZE_DIGITS_MAX) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const byte = buffer[at]!;
    if (byte < ZERO || byte > NINE) return -1;
    value = value * 10 + (byte - ZERO);
  }
  return value;
}

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
