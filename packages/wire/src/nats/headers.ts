import { assert } from "@oxbow/base";
import { SPACE } from "./ascii.ts";
import { findHeaderLine, lineEnd } from "./header-scanner.ts";

/*
 * A header block, which stands before the payload and counts as part of it:
 *
 *     NATS/1.0[ <status>[ <text>]]\r\n
 *     <name>: <value>\r\n              any number, names may repeat
 *     \r\n
 */

/** First line of a block without a status. */
const HEADERS_VERSION_LINE = "NATS/1.0\r\n";
/** A block of this size or less says nothing. */
const EMPTY_BLOCK_SIZE = HEADERS_VERSION_LINE.length + 2;
const CRLF_SIZE = 2;
const NO_HEADERS: Buffer = Buffer.alloc(0);

/** What the first line of a block says, such as 503 for "no responders". */
export interface HeaderStatus {
  readonly code: number;
  /** May be empty. */
  readonly text: string;
}

/** A header's name and value. */
export type HeaderEntry = readonly [name: string, value: string];

/** A decoded block. */
export interface Headers {
  readonly status: HeaderStatus | undefined;
  /** In their order, duplicates included. */
  readonly entries: readonly HeaderEntry[];
}

/** Encodes a block. Line breaks in texts and values become spaces, since they would end the header. */
export function encodeHeaders(
  status: HeaderStatus | undefined,
  entries: readonly HeaderEntry[],
): Buffer {
  return Buffer.from(`${versionLine(status)}${linesOf(entries)}\r\n`);
}

/** Decodes the block `[start, end)`. Lines that are no headers are left out, and nothing is refused. */
export function decodeHeaders(buffer: Buffer, start: number, end: number): Headers {
  const [first = "", ...lines] = buffer.toString("utf8", start, end).split("\r\n");
  const entries: HeaderEntry[] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon >= 0) entries.push([line.slice(0, colon), line.slice(colon + 1).replace(/^ +/, "")]);
  }
  const parts = /^NATS\/1\.0 +(\d{3})(?: +(.*))?$/.exec(first);
  const status = parts === null ? undefined : { code: Number(parts[1]), text: parts[2] ?? "" };
  return { status, entries };
}

/** A copy of the block `[start, end)` with `entries` after its own; a new block if it is empty. */
export function appendHeaders(
  buffer: Buffer,
  start: number,
  end: number,
  entries: readonly HeaderEntry[],
): Buffer {
  if (end - start <= CRLF_SIZE) return encodeHeaders(undefined, entries);
  const added = Buffer.from(`${linesOf(entries)}\r\n`);
  return Buffer.concat([buffer.subarray(start, end - CRLF_SIZE), added]);
}

/** A copy of the block `[start, end)` in which the first header called `name`, or else a new last one, has `value`. */
export function withHeader(
  buffer: Buffer,
  start: number,
  end: number,
  name: string,
  value: string,
): Buffer {
  const nameBytes = Buffer.from(name);
  const line = findHeaderLine(buffer, start, end, nameBytes);
  if (line < 0) return appendHeaders(buffer, start, end, [[name, value]]);
  let valueStart = line + nameBytes.length + 1;
  // The one space that writers put there stays; as many as there are would be skipped by readers all the same.
  if (buffer[valueStart] === SPACE) valueStart++;
  return Buffer.concat([
    buffer.subarray(start, valueStart),
    Buffer.from(onOneLine(value)),
    buffer.subarray(lineEnd(buffer, valueStart, end), end),
  ]);
}

/** A copy of the block `[start, end)` without any header called `name`; empty if that leaves nothing. */
export function removeHeader(buffer: Buffer, start: number, end: number, name: string): Buffer {
  const nameBytes = Buffer.from(name);
  const kept: Buffer[] = [];
  let keptFrom = start;
  let line = findHeaderLine(buffer, start, end, nameBytes);
  while (line >= 0) {
    kept.push(buffer.subarray(keptFrom, line));
    keptFrom = Math.min(lineEnd(buffer, line, end) + CRLF_SIZE, end);
    // From the line ending on, so that the next line is found again as one that follows a CRLF.
    line = findHeaderLine(buffer, keptFrom - CRLF_SIZE, end, nameBytes);
  }
  kept.push(buffer.subarray(keptFrom, end));
  const block = Buffer.concat(kept);
  return block.length <= EMPTY_BLOCK_SIZE ? NO_HEADERS : block;
}

function versionLine(status: HeaderStatus | undefined): string {
  if (status === undefined) return HEADERS_VERSION_LINE;
  const text = status.text === "" ? "" : ` ${onOneLine(status.text)}`;
  return `NATS/1.0 ${String(status.code).padStart(3, "0")}${text}\r\n`;
}

function linesOf(entries: readonly HeaderEntry[]): string {
  let lines = "";
  for (const [name, value] of entries) {
    assert(/^[^\r\n:]+$/.test(name), "a header name holds no line break and no colon");
    lines += `${name}: ${onOneLine(value)}\r\n`;
  }
  return lines;
}

function onOneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, " ") : text;
}
