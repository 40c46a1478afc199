import type { HeaderValue } from "@oxbow/base";
import { bytesEqual, COLON, CR, LF, SPACE } from "./ascii.ts";

/**
 * Finds the first header called `name` in the block `[start, end)`, as nats-server does: the name stands right after
 * a CRLF, case matters, and a colon follows at once. The value starts after any spaces and goes to the next CRLF, or
 * to `end`; spaces at its end belong to it.
 *
 * @returns Whether there is one. If so `out` is its value, else `out` is unchanged.
 */
export function findHeader(
  buffer: Buffer,
  start: number,
  end: number,
  name: Uint8Array,
  out: HeaderValue,
): boolean {
  const line = findHeaderLine(buffer, start, end, name);
  if (line < 0) return false;
  out.start = skipSpaces(buffer, line + name.length + 1, end);
  out.end = lineEnd(buffer, out.start, end);
  return true;
}

/** Position of the first header called `name` in the block `[start, end)`, or -1. */
export function findHeaderLine(
  buffer: Buffer,
  start: number,
  end: number,
  name: Uint8Array,
): number {
  let line = nextLine(buffer, start, end);
  while (line >= 0) {
    const colon = line + name.length;
    if (colon < end && buffer[colon] === COLON && bytesEqual(buffer, line, colon, name))
      return line;
    line = nextLine(buffer, line, end);
  }
  return -1;
}

/**
 * Walks over the headers of a block in place, for dispatch on many names in a single pass. Made once and reused:
 *
 *     scanner.reset(buffer, start, end);
 *     while (scanner.nextReserved()) { if (scanner.nameIs(MESSAGE_ID)) … }
 *
 * Of several headers with one name, {@link findHeader} and nats-server see the first only.
 */
export class HeaderScanner {
  /** The current header, after a `next…` that returned `true`. */
  nameStart = 0;
  nameEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  #buffer: Buffer = NO_BYTES;
  #at = 0;
  #end = 0;

  /** Starts over, before the first header of the block `[start, end)`. The buffer is borrowed until the next reset. */
  reset(buffer: Buffer, start: number, end: number): void {
    this.#buffer = buffer;
    this.#at = start;
    this.#end = end;
  }

  /** Moves to the next header. Lines without a colon are passed over. */
  next(): boolean {
    for (;;) {
      const line = nextLine(this.#buffer, this.#at, this.#end);
      if (line < 0) return false;
      this.#at = line;
      if (this.#readHeader(line)) return true;
    }
  }

  /** Moves to the next header whose name starts with `Nats-`, which are those that mean something to a server. */
  nextReserved(): boolean {
    const buffer = this.#buffer;
    const end = this.#end;
    for (;;) {
      const line = nextLine(buffer, this.#at, end);
      if (line < 0) return false;
      this.#at = line;
      if (buffer[line] === UPPER_N && isReserved(buffer, line, end) && this.#readHeader(line)) {
        return true;
      }
    }
  }

  /** Whether the current header has this name. */
  nameIs(name: Uint8Array): boolean {
    return bytesEqual(this.#buffer, this.nameStart, this.nameEnd, name);
  }

  #readHeader(line: number): boolean {
    const buffer = this.#buffer;
    const end = lineEnd(buffer, line, this.#end);
    let colon = line;
    while (colon < end && buffer[colon] !== COLON) colon++;
    if (colon === end) return false;
    this.nameStart = line;
    this.nameEnd = colon;
    this.valueStart = skipSpaces(buffer, colon + 1, end);
    this.valueEnd = end;
    return true;
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0);
const RESERVED_PREFIX: Buffer = Buffer.from("Nats-");
const UPPER_N = 78;

function isReserved(buffer: Buffer, line: number, end: number): boolean {
  const prefixEnd = line + RESERVED_PREFIX.length;
  return prefixEnd <= end && bytesEqual(buffer, line, prefixEnd, RESERVED_PREFIX);
}

/** Position after the first CRLF in `[start, end)`, or -1 if there is none or nothing follows it. */
export function nextLine(buffer: Buffer, start: number, end: number): number {
  const line = lineEnd(buffer, start, end) + 2;
  return line < end ? line : -1;
}

/** Position of the first CRLF in `[start, end)`, or `end`. */
export function lineEnd(buffer: Buffer, start: number, end: number): number {
  // Of two bytes every second one is enough to look at.
  for (let at = start + 1; at < end; at += 2) {
    const byte = buffer[at]!;
    if (byte > CR) continue;
    if (byte === LF && buffer[at - 1] === CR) return at - 1;
    if (byte === CR && at + 1 < end && buffer[at + 1] === LF) return at;
  }
  return end;
}

function skipSpaces(buffer: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && buffer[at] === SPACE) at++;
  return at;
}
