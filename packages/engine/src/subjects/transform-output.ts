import type { Random } from "@oxbow/base";
import type { SizedFunction, TransformFunction } from "./transform-function.ts";

/** Where the tokens of a subject lie in its buffer; the first `count` of the arrays count. */
export interface TokenSpans {
  readonly starts: number[];
  readonly ends: number[];
  count: number;
}

const dot = 0x2e;
const digitZero = 0x30;

/**
 * Writes what `call` makes of the given tokens of a subject. Tokens that are not there count as empty.
 *
 * @param tokens - Those it takes, from 0.
 * @param random - For `random`; without, it always gives 0.
 * @returns Where it ends in `target`.
 */
export function writeFunction(
  target: Buffer,
  offset: number,
  call: TransformFunction,
  tokens: readonly number[],
  buffer: Buffer,
  spans: TokenSpans,
  random: Random | undefined,
): number {
  if (call.t === "literal") return offset;
  if (call.t === "partition") {
    return writeNumber(target, offset, partition(call.count, tokens, buffer, spans));
  }
  if (call.t === "random") return writeNumber(target, offset, pick(call.count, random));
  const token = tokens[0] as number;
  if (token >= spans.count) return offset;
  const start = spans.starts[token] as number;
  const end = spans.ends[token] as number;
  if (call.t === "wildcard") return offset + buffer.copy(target, offset, start, end);
  if (call.t === "split") return writeSplit(target, offset, call.delimiter, buffer, start, end);
  return writeSized(target, offset, call.t, call.size, buffer, start, end);
}

/** FNV-1a of 32 bits over the tokens one after the other, or over the whole subject, by the number of partitions. */
function partition(
  count: number,
  tokens: readonly number[],
  buffer: Buffer,
  spans: TokenSpans,
): number {
  // A negative number counts as the unsigned one with the same bits.
  const divisor = count >>> 0;
  if (divisor === 0) return 0;
  let hash = 0x811c9dc5;
  if (tokens.length === 0) {
    const end = spans.ends[spans.count - 1] as number;
    return (hashOn(hash, buffer, spans.starts[0] as number, end) >>> 0) % divisor;
  }
  for (const token of tokens) {
    if (token >= spans.count) continue;
    hash = hashOn(hash, buffer, spans.starts[token] as number, spans.ends[token] as number);
  }
  return (hash >>> 0) % divisor;
}

function hashOn(seed: number, buffer: Buffer, start: number, end: number): number {
  let hash = seed;
  for (let index = start; index < end; index++) {
    hash = Math.imul(hash ^ (buffer[index] as number), 0x01000193);
  }
  return hash;
}

function pick(count: number, random: Random | undefined): number {
  const end = Math.abs(count | 0);
  return end === 0 || random === undefined ? 0 : random.below(end);
}

function writeNumber(target: Buffer, offset: number, value: number): number {
  let digitCount = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digitCount++;
  let rest = value;
  for (let index = offset + digitCount - 1; index >= offset; index--) {
    target[index] = digitZero + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return offset + digitCount;
}

function writeSized(
  target: Buffer,
  offset: number,
  name: SizedFunction,
  size: number,
  buffer: Buffer,
  start: number,
  end: number,
): number {
  const length = end - start;
  // Too short for it, or no size at all: left as it is.
  if (size <= 0 || size >= length) return offset + buffer.copy(target, offset, start, end);
  switch (name) {
    case "left":
      return offset + buffer.copy(target, offset, start, start + size);
    case "right":
      return offset + buffer.copy(target, offset, end - size, end);
    case "splitFromLeft":
      return writeSlices(target, offset, buffer, start, end, size, length);
    case "splitFromRight":
      return writeSlices(target, offset, buffer, start, end, length - size, length);
    case "sliceFromLeft":
      return writeSlices(target, offset, buffer, start, end, size, size);
    case "sliceFromRight":
      return writeSlices(target, offset, buffer, start, end, length % size || size, size);
  }
}

/** Writes `[start, end)` with dots between its slices, the first of which has a size of its own. */
function writeSlices(
  target: Buffer,
  offset: number,
  buffer: Buffer,
  start: number,
  end: number,
  firstSize: number,
  size: number,
): number {
  let at = offset + buffer.copy(target, offset, start, start + firstSize);
  for (let from = start + firstSize; from < end; from += size) {
    target[at++] = dot;
    at += buffer.copy(target, at, from, Math.min(from + size, end));
  }
  return at;
}

/**
 * Writes a token with its delimiters as dots. Empty parts are left out, but a second one at the front leaves a dot, as
 * in nats-server.
 */
function writeSplit(
  target: Buffer,
  offset: number,
  delimiter: Buffer,
  buffer: Buffer,
  start: number,
  end: number,
): number {
  let at = offset;
  let isFirst = true;
  for (let from = start; ; ) {
    const to = partEnd(delimiter, buffer, from, end);
    at += buffer.copy(target, at, from, to);
    const isEmptyFirst = isFirst && to === from;
    isFirst = false;
    if (to + delimiter.length > end || (delimiter.length === 0 && to === end)) return at;
    from = to + delimiter.length;
    const nextEnd = partEnd(delimiter, buffer, from, end);
    if (nextEnd > from && !isEmptyFirst) target[at++] = dot;
  }
}

/** Where the part from `from` on ends: before the next delimiter; with an empty one, after a character. */
function partEnd(delimiter: Buffer, buffer: Buffer, from: number, end: number): number {
  if (delimiter.length === 0) {
    let index = from + 1;
    while (index < end && ((buffer[index] as number) & 0xc0) === 0x80) index++;
    return Math.min(index, end);
  }
  for (let index = from; index + delimiter.length <= end; index++) {
    if (startsWith(delimiter, buffer, index)) return index;
  }
  return end;
}

function startsWith(delimiter: Buffer, buffer: Buffer, at: number): boolean {
  for (let index = 0; index < delimiter.length; index++) {
    if (delimiter[index] !== buffer[at + index]) return false;
  }
  return true;
}
