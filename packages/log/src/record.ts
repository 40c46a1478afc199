import { crc32c } from "@oxbow/base";
import { type Block, getUint53, setUint53 } from "./block.ts";
import { LIMITS } from "./limits.ts";

/*
 * A record, as it lies in a journal frame and in a segment. Numbers are little-endian.
 *
 *      0        4        8    9     10        12       16
 *     +--------+--------+----+-----+---------+--------+------------------
 *     | crc    | size   |kind|flags| subject | owner  | body by kind …
 *     | u32    | u32    | u8 | u8  | size u16| u32    |
 *     +--------+--------+----+-----+---------+--------+------------------
 *
 * crc    CRC-32C of the bytes [4, size)
 * size   bytes of the whole record, from crc to the end of the body
 * owner  the id of the log or of the durable state that the record belongs to
 *
 * A message's body:
 *
 *     16         24        28         32       36        40        44
 *     +----------+---------+----------+--------+---------+---------+---------+---------+---------+
 *     | sequence | count   | headers  | nanos  | seconds | seconds | subject | headers | payload |
 *     | u64      | u32     | size u32 | u32    | low u32 | high u32|         |         |         |
 *     +----------+---------+----------+--------+---------+---------+---------+---------+---------+
 *
 * With flag 2, a lifetime follows on it before the subject: u32 seconds after the time of the message, or 2^32 - 1 for
 * a message that no age limit removes.
 *
 * It covers the sequences [sequence, sequence + count). A count above one is an opaque batch: one payload, stored as
 * it arrived, that stands for that many messages.
 */

/** Bytes every record begins with. */
export const RECORD_HEAD_SIZE = 16;
/** Bytes before the subject of a message record that has no lifetime of its own. */
export const MESSAGE_HEAD_SIZE = 44;
/** Bytes of a lifetime, which follows on the head. */
export const TTL_SIZE = 4;
/** The lifetime of a message that no age limit removes; every other one is shorter. In seconds, as all of them. */
export const TTL_NEVER = 0xffffffff;

export const KIND_MESSAGE = 1;
export const KIND_REMOVED = 2;
export const KIND_TRIMMED = 3;
export const KIND_LOG = 4;
export const KIND_LOG_DELETED = 5;
export const KIND_STATE = 6;
export const KIND_STATE_DELTA = 7;
export const KIND_STATE_DELETED = 8;
export const KIND_STORE = 9;

/** The record's bytes were overwritten on request; only its place is left. */
export const FLAG_ERASED = 1;
/** The message has a lifetime of its own. */
const FLAG_TTL = 2;
/** The record stands for sequences that no message has: it has neither subject nor body. */
export const FLAG_GAP = 4;

const nothing: Buffer = Buffer.alloc(0);

/** What checking a record found. */
export type RecordCheck = "valid" | "damaged" | "incomplete";

/** Bytes before the subject of a message record; `ttlSeconds` is 0 for a message without a lifetime of its own. */
export function messageHeadSize(ttlSeconds: number): number {
  return ttlSeconds === 0 ? MESSAGE_HEAD_SIZE : MESSAGE_HEAD_SIZE + TTL_SIZE;
}

/**
 * Encodes a message record at `at` and returns its size. `body` is the header block followed by the payload; the
 * source ranges are copied.
 */
export function encodeMessage(
  target: Block,
  at: number,
  owner: number,
  sequence: number,
  count: number,
  timestampMs: number,
  subject: Buffer,
  subjectStart: number,
  subjectEnd: number,
  body: Buffer,
  headersSize: number,
  bodyStart: number,
  bodyEnd: number,
  ttlSeconds: number,
): number {
  const { bytes, view } = target;
  const subjectSize = subjectEnd - subjectStart;
  const headSize = messageHeadSize(ttlSeconds);
  const size = headSize + subjectSize + (bodyEnd - bodyStart);
  view.setUint32(at + 4, size, true);
  view.setUint16(at + 8, ttlSeconds === 0 ? KIND_MESSAGE : KIND_MESSAGE | (FLAG_TTL << 8), true);
  view.setUint16(at + 10, subjectSize, true);
  view.setUint32(at + 12, owner, true);
  setUint53(view, at + 16, sequence);
  view.setUint32(at + 24, count, true);
  view.setUint32(at + 28, headersSize, true);
  const seconds = Math.floor(timestampMs / 1000);
  view.setUint32(at + 32, Math.floor((timestampMs - seconds * 1000) * 1e6), true);
  setUint53(view, at + 36, seconds);
  if (ttlSeconds !== 0) view.setUint32(at + MESSAGE_HEAD_SIZE, ttlSeconds, true);
  let to = at + headSize;
  subject.copy(bytes, to, subjectStart, subjectEnd);
  to += subjectSize;
  if (bodyEnd > bodyStart) body.copy(bytes, to, bodyStart, bodyEnd);
  view.setUint32(at, crc32c(view, at + 4, at + size), true);
  return size;
}

/** Encodes at `at` the record of `count` sequences that no message has, {@link MESSAGE_HEAD_SIZE} bytes. */
export function encodeGap(
  target: Block,
  at: number,
  owner: number,
  sequence: number,
  count: number,
  timestampMs: number,
): void {
  encodeMessage(
    target,
    at,
    owner,
    sequence,
    count,
    timestampMs,
    nothing,
    0,
    0,
    nothing,
    0,
    0,
    0,
    0,
  );
  const { view } = target;
  view.setUint8(at + 9, FLAG_GAP);
  view.setUint32(at, crc32c(view, at + 4, at + MESSAGE_HEAD_SIZE), true);
}

/** Writes the head of a record of another kind and its checksum, around a body that is already in place. */
export function sealRecord(
  target: Block,
  at: number,
  size: number,
  kind: number,
  owner: number,
): void {
  const { view } = target;
  view.setUint32(at + 4, size, true);
  view.setUint16(at + 8, kind, true);
  view.setUint16(at + 10, 0, true);
  view.setUint32(at + 12, owner, true);
  view.setUint32(at, crc32c(view, at + 4, at + size), true);
}

/**
 * Checks the record at `at` of `[at, end)`: `incomplete` if it claims to go on beyond `end`, `damaged` if its size is
 * impossible or its checksum is wrong.
 */
export function checkRecord(view: DataView, at: number, end: number): RecordCheck {
  if (at + RECORD_HEAD_SIZE > end) return "incomplete";
  const size = view.getUint32(at + 4, true);
  if (size < RECORD_HEAD_SIZE || size > LIMITS.recordSizeMax) return "damaged";
  if (at + size > end) return "incomplete";
  if (crc32c(view, at + 4, at + size) !== view.getUint32(at, true)) return "damaged";
  if (view.getUint8(at + 8) !== KIND_MESSAGE) return "valid";
  if (size < MESSAGE_HEAD_SIZE) return "damaged";
  const headSize = headSizeAt(view, at);
  const inner = headSize + view.getUint16(at + 10, true) + view.getUint32(at + 28, true);
  return inner <= size ? "valid" : "damaged";
}

function headSizeAt(view: DataView, at: number): number {
  const hasTtl = (view.getUint8(at + 9) & FLAG_TTL) !== 0;
  return hasTtl ? MESSAGE_HEAD_SIZE + TTL_SIZE : MESSAGE_HEAD_SIZE;
}

/** A message record in memory, by positions. Reused by readers; valid until the memory behind it is given back. */
export class RecordView {
  block: Block | undefined;
  /** First sequence the record covers. */
  sequence = 0;
  sequenceCount = 0;
  flags = 0;
  timestampSeconds = 0;
  timestampNanos = 0;
  subjectStart = 0;
  subjectEnd = 0;
  headersSize = 0;
  /** Seconds after its time at which the message goes; 0 if only the log's limits say, `TTL_NEVER` if not even its age. */
  ttlSeconds = 0;
  /** Where the header block begins, or the payload if there is none. */
  bodyStart = 0;
  bodyEnd = 0;

  /** Points at the valid message record at `at`. */
  set(block: Block, at: number): void {
    const { view } = block;
    this.block = block;
    this.flags = view.getUint8(at + 9);
    this.sequence = getUint53(view, at + 16);
    this.sequenceCount = view.getUint32(at + 24, true);
    this.headersSize = view.getUint32(at + 28, true);
    this.timestampNanos = view.getUint32(at + 32, true);
    this.timestampSeconds = getUint53(view, at + 36);
    const hasTtl = (this.flags & FLAG_TTL) !== 0;
    this.ttlSeconds = hasTtl ? view.getUint32(at + MESSAGE_HEAD_SIZE, true) : 0;
    this.subjectStart = at + MESSAGE_HEAD_SIZE + (hasTtl ? TTL_SIZE : 0);
    this.subjectEnd = this.subjectStart + view.getUint16(at + 10, true);
    this.bodyStart = this.subjectEnd;
    this.bodyEnd = at + view.getUint32(at + 4, true);
  }

  /** The memory the positions refer to. */
  get bytes(): Buffer {
    return (this.block as Block).bytes;
  }

  /** Milliseconds since 1970 UTC, with a fraction. */
  get timestampMs(): number {
    return this.timestampSeconds * 1000 + this.timestampNanos / 1e6;
  }

  /** The subject as a string: for control paths. */
  subject(): string {
    return this.bytes.toString("utf8", this.subjectStart, this.subjectEnd);
  }

  /** The header block, a view. */
  headers(): Buffer {
    return this.bytes.subarray(this.bodyStart, this.bodyStart + this.headersSize);
  }

  /** The payload without the header block, a view. */
  payload(): Buffer {
    return this.bytes.subarray(this.bodyStart + this.headersSize, this.bodyEnd);
  }
}

/** Overwrites a message record's subject, headers and payload with zeros, keeping its place, and seals it again. */
export function eraseRecord(block: Block, at: number): void {
  const { bytes, view } = block;
  const size = view.getUint32(at + 4, true);
  view.setUint8(at + 9, view.getUint8(at + 9) | FLAG_ERASED);
  bytes.fill(0, at + headSizeAt(view, at), at + size);
  view.setUint32(at, crc32c(view, at + 4, at + size), true);
}
