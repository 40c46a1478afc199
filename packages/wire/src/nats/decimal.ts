import { NINE, ZERO } from "./ascii.ts";

/** Digits of 2^53 - 1. */
const DIGITS_MAX = 16;
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
