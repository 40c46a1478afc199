import { crc32c, crc32cWord } from "@oxbow/base";
import { type Block, blockOf, getUint53, setUint53 } from "../block.ts";
import { NONCE_SIZE, SALT_SIZE, TAG_SIZE } from "../encryption/file-cipher.ts";
import { ENVELOPE_SIZE } from "../encryption/store-keys.ts";
import { checkRecord, RECORD_HEAD_SIZE } from "../record.ts";

/*
 * A journal file, named `<number, 10 digits>.jnl`. It is a header block and then frames, one for each commit; every
 * one of them begins at a multiple of 4096, so that a write torn by a crash cannot touch an earlier frame. Numbers are
 * little-endian.
 *
 * header (4096 B)
 *      0          8         12       16        32       40      44     76         153        157 … 4096
 *     +----------+---------+--------+---------+--------+-------+------+----------+----------+------+
 *     | OXBOWJNL | version | number | store   | size   | crc   | salt | envelope | crc of   | zero |
 *     |          | u32     | u32    | id 16 B | u64    | u32   | 32 B | 77 B     | both u32 |      |
 *     +----------+---------+--------+---------+--------+-------+------+----------+----------+------+
 * size         bytes that were allocated before the header was written: a shorter file was cut off
 * crc          covers [0, 40)
 * version      2, or 3 in an encrypted store; only there are salt and envelope, zeros otherwise. Each file has its own key,
 *              from the store's and the salt; the envelope is that of `store.json`, should that be lost
 *
 * frame
 *      0       4      8        12       20      24        28        32      36       44 … 48
 *     +-------+------+--------+--------+-------+---------+---------+-------+--------+------+--------+---
 *     | OXJF  | crc  | journal| commit | size  | records | records | flags | synced | zero | record | …
 *     |       | u32  | u32    | u64    | u32   | u32     | crc u32 | u32   | u64    |      |        |
 *     +-------+------+--------+--------+-------+---------+---------+-------+--------+------+--------+---
 * crc          covers the frame head's [8, 48), begun with the CRC-32C of the store's id: nobody who does not know it
 *              can have a message taken for a frame
 * commit       rises by one from frame to frame, over all journal files of the store
 * size         of the frame with its head, without the padding to the next multiple of 4096
 * records crc  CRC-32C over the records' own checksums, in order
 * flags        1 = the frame begins a journal file: before the records of its commit there are those of the whole state
 *              of the store, messages aside
 *              2 = the records are encrypted, and followed by a tag of 16 bytes, which `size` counts; the nonce is the
 *              number of the commit (u96), the associated data are the head's [8, 48)
 * synced       the last commit that was known to be durable when this one was written
 */
export const FRAME_ALIGNMENT = 4096;
export const FRAME_HEAD_SIZE = 48;
export const FRAME_SNAPSHOT = 1;
export const FRAME_ENCRYPTED = 2;
/** Version 2 has lifetimes of messages, and gaps. */
export const JOURNAL_VERSION = 2;
export const JOURNAL_VERSION_ENCRYPTED = 3;
const SALT_AT = 44;
const ENVELOPE_AT: number = SALT_AT + SALT_SIZE;
const LOCK_CRC_AT: number = ENVELOPE_AT + ENVELOPE_SIZE;
const JOURNAL_MAGIC = Buffer.from("OXBOWJNL", "latin1");
const FRAME_MAGIC = 0x464a584f;

/** Begins the name of a journal file that waits to be used again, and does not count meanwhile. */
const SPARE_PREFIX = "spare-";

/** The name of a journal file while it waits to be used again. */
export function spareFileName(name: string): string {
  return `${SPARE_PREFIX}${name}`;
}

/** Whether a file waits to be used again, or has when the process ended. */
export function isSpareFileName(name: string): boolean {
  return name.startsWith(SPARE_PREFIX);
}

/** The name of journal file `number`. */
export function journalFileName(number: number): string {
  return `${String(number).padStart(10, "0")}.jnl`;
}

/** The number in a journal file's name; `undefined` for another file. */
export function numberOfFileName(name: string): number | undefined {
  return /^\d{10}\.jnl$/.test(name) ? Number(name.slice(0, 10)) : undefined;
}

/** `size` rounded up to where the next frame may begin. */
export function aligned(size: number): number {
  return Math.ceil(size / FRAME_ALIGNMENT) * FRAME_ALIGNMENT;
}

/** What an encrypted journal file says about its key. */
export interface JournalLock {
  readonly salt: Buffer;
  readonly envelope: Buffer;
}

/** The header of journal file `number`, of which `size` bytes are allocated. */
export function encodeJournalHeader(
  number: number,
  storeId: Buffer,
  size: number,
  lock: JournalLock | undefined,
): Buffer {
  const { bytes, view } = blockOf(Buffer.alloc(FRAME_ALIGNMENT));
  JOURNAL_MAGIC.copy(bytes, 0);
  view.setUint32(8, lock === undefined ? JOURNAL_VERSION : JOURNAL_VERSION_ENCRYPTED, true);
  view.setUint32(12, number, true);
  storeId.copy(bytes, 16);
  setUint53(view, 32, size);
  view.setUint32(40, crc32c(view, 0, 40), true);
  if (lock !== undefined) {
    lock.salt.copy(bytes, SALT_AT);
    lock.envelope.copy(bytes, ENVELOPE_AT);
    view.setUint32(LOCK_CRC_AT, crc32c(view, SALT_AT, LOCK_CRC_AT), true);
  }
  return bytes;
}

/** What a journal file's header says. */
export interface JournalHeader {
  readonly version: number;
  readonly number: number;
  readonly storeId: Buffer;
  /** Bytes that the file has at least. */
  readonly size: number;
  /** Of an encrypted file, if it can be read. */
  readonly salt: Buffer | undefined;
  readonly envelope: Buffer | undefined;
}

/** The header that `block` begins with; `undefined` if it does not check out. */
export function decodeJournalHeader({ bytes, view }: Block): JournalHeader | undefined {
  if (bytes.length < FRAME_ALIGNMENT || bytes.compare(JOURNAL_MAGIC, 0, 8, 0, 8) !== 0) {
    return undefined;
  }
  if (view.getUint32(40, true) !== crc32c(view, 0, 40)) return undefined;
  return {
    version: view.getUint32(8, true),
    number: view.getUint32(12, true),
    storeId: bytes.subarray(16, 32),
    size: getUint53(view, 32),
    ...decodeLock(bytes, view),
  };
}

function decodeLock(
  bytes: Buffer,
  view: DataView,
): { readonly salt: Buffer | undefined; readonly envelope: Buffer | undefined } {
  const isThere =
    view.getUint32(8, true) === JOURNAL_VERSION_ENCRYPTED &&
    view.getUint32(LOCK_CRC_AT, true) === crc32c(view, SALT_AT, LOCK_CRC_AT);
  return {
    salt: isThere ? bytes.subarray(SALT_AT, ENVELOPE_AT) : undefined,
    envelope: isThere ? bytes.subarray(ENVELOPE_AT, LOCK_CRC_AT) : undefined,
  };
}

/** What the checksums of frame heads begin with in the store of that id. */
export function frameSeed(storeId: Buffer): number {
  const { view } = blockOf(storeId);
  return crc32c(view, 0, storeId.length);
}

/** What a frame's head says. */
export interface FrameHead {
  readonly journal: number;
  readonly commit: number;
  readonly size: number;
  readonly recordCount: number;
  readonly recordsCrc: number;
  readonly flags: number;
  readonly synced: number;
}

/** Writes the head of a frame at the beginning of the block. */
export function encodeFrameHead({ view, bytes }: Block, head: FrameHead, seed: number): void {
  view.setUint32(0, FRAME_MAGIC, true);
  view.setUint32(8, head.journal, true);
  setUint53(view, 12, head.commit);
  view.setUint32(20, head.size, true);
  view.setUint32(24, head.recordCount, true);
  view.setUint32(28, head.recordsCrc, true);
  view.setUint32(32, head.flags, true);
  setUint53(view, 36, head.synced);
  bytes.fill(0, 44, FRAME_HEAD_SIZE);
  view.setUint32(4, crc32c(view, 8, FRAME_HEAD_SIZE, seed), true);
}

/** The frame head at `at`, of whatever journal file; `undefined` if there is none. */
export function decodeFrameHead(view: DataView, at: number, seed: number): FrameHead | undefined {
  if (at + FRAME_HEAD_SIZE > view.byteLength) return undefined;
  if (view.getUint32(at, true) !== FRAME_MAGIC) return undefined;
  const crc = crc32c(view, at + 8, at + FRAME_HEAD_SIZE, seed);
  if (view.getUint32(at + 4, true) !== crc) return undefined;
  return {
    journal: view.getUint32(at + 8, true),
    commit: getUint53(view, at + 12),
    size: view.getUint32(at + 20, true),
    recordCount: view.getUint32(at + 24, true),
    recordsCrc: view.getUint32(at + 28, true),
    flags: view.getUint32(at + 32, true),
    synced: getUint53(view, at + 36),
  };
}

/** Where the records of the frame at `at` end: before the tag, if it is encrypted. */
export function recordsEnd(at: number, { size, flags }: FrameHead): number {
  return (flags & FRAME_ENCRYPTED) === 0 ? at + size : at + size - TAG_SIZE;
}

/** The nonce of the frame of a commit. */
export function frameNonce(commit: number): Buffer {
  const nonce = Buffer.alloc(NONCE_SIZE);
  setUint53(blockOf(nonce).view, 0, commit);
  return nonce;
}

/** What of the frame head at `at` an encrypted frame's tag vouches for. */
export function frameAssociated(bytes: Buffer, at: number): Buffer {
  return bytes.subarray(at + 8, at + FRAME_HEAD_SIZE);
}

/** Whether every record of the frame at `at` is whole, and they are the ones that were committed together. */
export function isFrameWhole(view: DataView, at: number, head: FrameHead): boolean {
  const end = recordsEnd(at, head);
  if (at + head.size > view.byteLength) return false;
  let crc = 0;
  let count = 0;
  let position = at + FRAME_HEAD_SIZE;
  while (position < end) {
    if (checkRecord(view, position, end) !== "valid") return false;
    crc = crc32cWord(view.getUint32(position, true), crc);
    count++;
    position += view.getUint32(position + 4, true);
  }
  return count === head.recordCount && crc === head.recordsCrc;
}

/** The checksum over records' checksums, continued from `crc` with the records that lie in `[start, end)`. */
export function foldRecordCrcs(view: DataView, start: number, end: number, crc: number): number {
  let folded = crc;
  for (let at = start; at < end; at += view.getUint32(at + 4, true)) {
    folded = crc32cWord(view.getUint32(at, true), folded);
  }
  return folded;
}

/** Calls `visit` for each valid record in `[start, end)`; damaged ones are skipped as far as their sizes lead on. */
export function forEachRecord(
  view: DataView,
  start: number,
  end: number,
  visit: (position: number) => void,
): void {
  let position = start;
  while (position + RECORD_HEAD_SIZE <= end) {
    const check = checkRecord(view, position, end);
    if (check === "incomplete") return;
    if (check === "valid") visit(position);
    const size = view.getUint32(position + 4, true);
    if (size < RECORD_HEAD_SIZE) return;
    position += size;
  }
}
