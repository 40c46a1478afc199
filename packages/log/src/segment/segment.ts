import type { DiskFile } from "@oxbow/base";
import { LIMITS } from "../limits.ts";
import { messageHeadSize } from "../record.ts";
import { SEGMENT_HEADER_SIZE } from "./segment-format.ts";

/** Set in an entry's subject when the message has a header block. */
const HEADERS_BIT = 0x80000000;
/** Bytes a message is charged beyond its subject, headers and payload: what JetStream's file storage charges. */
const CHARGE_BASE = 30;
/** Bytes a header block is charged on top of its own size. */
const CHARGE_HEADERS = 4;
/** Bytes of an entry, in memory and in the index of a sealed segment. */
const ENTRY_SIZE = 12;
const INITIAL_ENTRIES = 16;
/** Sequences without a message that get entries of their own; more of them in a row share one. */
export const GAP_ENTRIES_MAX = 1024;

/** An index as it is read from a sealed file, or made by a compaction. */
export interface SegmentIndex {
  readonly positions: Uint32Array;
  /** Ids in the log's table, bit 31 for headers, 0 for no message. */
  readonly subjects: Uint32Array;
  /** Milliseconds after `baseMs`. */
  readonly times: Uint32Array;
  /** Sequences after `base`, rising; `undefined` where entry `i` is sequence `base + i`. */
  readonly offsets: Uint32Array | undefined;
  /** Lifetimes in seconds, 0 for none; `undefined` where no message has one. */
  readonly ttls: Uint32Array | undefined;
  readonly baseMs: number;
  readonly sequenceEnd: number;
  /** Where the records end. */
  readonly end: number;
}

/**
 * One segment of a log: the index of its sequences, in memory for as long as the log is open (12 bytes an entry), and
 * the file behind it.
 *
 * A position is where a record lies, or will lie, in the segment's file; it is given when the record is appended, so
 * that it never changes when the record moves from memory to the file. A record ends where the next entry's begins.
 * An entry without a subject is a sequence that was removed or never existed. Entry `i` is sequence `base + i`; only
 * a compacted segment has entries for some of its sequences (16 bytes each), and nothing is appended to it. Where a
 * message has a lifetime of its own, every entry of its segment takes 4 bytes more.
 *
 * Invariant: `SEGMENT_HEADER_SIZE <= fileEnd <= end`; `[fileEnd, end)` is in memory only.
 */
export class Segment {
  /** The first sequence it stands for. */
  readonly base: number;
  /** The sequence after the last it stands for. */
  sequenceEnd: number;
  /** Number of entries. */
  length = 0;
  positions: Uint32Array = new Uint32Array(INITIAL_ENTRIES);
  #subjects: Uint32Array = new Uint32Array(INITIAL_ENTRIES);
  #times: Uint32Array = new Uint32Array(INITIAL_ENTRIES);
  #offsets: Uint32Array | undefined;
  #ttls: Uint32Array | undefined;
  /** Wall-clock milliseconds of the first record, whole. */
  baseMs = 0;
  /** Where the next record goes. */
  end: number = SEGMENT_HEADER_SIZE;
  /** Messages that are there. */
  liveCount = 0;
  /** Bytes of their records. */
  liveSize = 0;
  /** Bytes up to which the file has been written. */
  fileEnd: number = SEGMENT_HEADER_SIZE;
  /** The open file, from its first write on. */
  file: DiskFile | undefined;
  /** Whether nothing is appended any more: the index follows the records in the file, or the records were compacted. */
  sealed = false;
  /** Whether bytes of its file cannot be read: it is kept as it is, nothing is appended and nothing rewritten. */
  isDamaged = false;
  /** Whether its file can be read without the key of an encrypted store: it is written anew as soon as may be. */
  isExposed = false;
  /** Whether it has left its log: what is committed late for it is not kept. */
  isDropped = false;
  /** Whether sequences were removed from between others that the tombstone file lacks. */
  hasUnsavedRemovals = false;

  constructor(base: number) {
    this.base = base;
    this.sequenceEnd = base;
  }

  /** A sealed segment with that index. */
  static sealed(base: number, index: SegmentIndex): Segment {
    const segment = new Segment(base);
    segment.positions = index.positions;
    segment.#subjects = index.subjects;
    segment.#times = index.times;
    segment.#offsets = index.offsets;
    segment.#ttls = index.ttls;
    segment.length = index.positions.length;
    segment.sequenceEnd = index.sequenceEnd;
    segment.baseMs = index.baseMs;
    segment.end = index.end;
    segment.fileEnd = index.end;
    segment.sealed = true;
    for (let i = 0; i < segment.length; i++) {
      if (index.subjects[i] === 0) continue;
      segment.liveCount++;
      segment.liveSize += segment.sizeAt(i);
    }
    return segment;
  }

  /** Whether it has entries for some of its sequences only. */
  get isSparse(): boolean {
    return this.#offsets !== undefined;
  }

  /** Bytes of records and index, in the file once it is sealed. */
  get footprint(): number {
    return this.end - SEGMENT_HEADER_SIZE + this.length * ENTRY_SIZE;
  }

  /** What the footprint would be without what was removed. */
  get liveFootprint(): number {
    return this.liveSize + this.liveCount * ENTRY_SIZE;
  }

  /** Whether a record of `size` bytes at `timestampMs` may still be added. */
  hasRoom(size: number, timestampMs: number, sizeMax: number): boolean {
    return (
      this.length === 0 ||
      (this.end + size <= sizeMax &&
        this.length < LIMITS.segmentEntriesMax &&
        timestampMs - this.baseMs < LIMITS.segmentSpanMsMax)
    );
  }

  /** Adds the entries of a record that covers `count` sequences; all but the first share its end as position. */
  add(
    size: number,
    count: number,
    subjectId: number,
    hasHeaders: boolean,
    timestampMs: number,
    ttlSeconds: number,
  ): void {
    if (this.length + count > this.positions.length) this.#grow(this.length + count);
    if (this.length === 0) this.baseMs = Math.floor(timestampMs);
    const subject = hasHeaders ? (subjectId | HEADERS_BIT) >>> 0 : subjectId;
    const time = Math.max(0, Math.floor(timestampMs) - this.baseMs);
    if (ttlSeconds !== 0) this.#ttls ??= new Uint32Array(this.positions.length);
    for (let i = 0; i < count; i++) {
      this.positions[this.length] = i === 0 ? this.end : this.end + size;
      this.#subjects[this.length] = subject;
      this.#times[this.length] = time;
      if (this.#ttls !== undefined) this.#ttls[this.length] = ttlSeconds;
      this.length++;
    }
    this.sequenceEnd += count;
    this.end += size;
    this.liveCount += count;
    this.liveSize += size;
  }

  /**
   * Adds the record of `count` sequences that no message has. A few get entries of their own; with more than
   * `GAP_ENTRIES_MAX`, for which this has to be a segment without entries, they share one, and nothing is appended
   * behind them.
   */
  addGap(size: number, count: number, timestampMs: number): void {
    const entryCount = count > GAP_ENTRIES_MAX ? 1 : count;
    if (this.length + entryCount > this.positions.length) this.#grow(this.length + entryCount);
    if (this.length === 0) this.baseMs = Math.floor(timestampMs);
    const time = Math.max(0, Math.floor(timestampMs) - this.baseMs);
    for (let i = 0; i < entryCount; i++) {
      this.positions[this.length] = i === 0 ? this.end : this.end + size;
      this.#times[this.length] = time;
      this.#subjects[this.length++] = 0;
    }
    if (count > GAP_ENTRIES_MAX) this.#offsets = new Uint32Array(1);
    this.sequenceEnd += count;
    this.end += size;
  }

  /** Adds `count` entries for sequences whose records are damaged; the next record begins at `end`. */
  addAbsent(count: number): void {
    if (this.length + count > this.positions.length) this.#grow(this.length + count);
    const time = this.length === 0 ? 0 : (this.#times[this.length - 1] as number);
    for (let i = 0; i < count; i++) {
      this.positions[this.length] = this.end;
      this.#times[this.length] = time;
      this.#subjects[this.length++] = 0;
    }
    this.sequenceEnd += count;
  }

  /** Index of the entry of `sequence`, -1 if there is none. */
  indexOf(sequence: number): number {
    if (sequence < this.base || sequence >= this.sequenceEnd) return -1;
    if (this.#offsets === undefined) return sequence - this.base;
    const index = this.indexFrom(sequence);
    return index < this.length && this.sequenceAt(index) === sequence ? index : -1;
  }

  /** Index of the first entry whose sequence is at or after `sequence`; `length` if there is none. */
  indexFrom(sequence: number): number {
    if (sequence <= this.base) return 0;
    const offsets = this.#offsets;
    if (offsets === undefined) return Math.min(sequence - this.base, this.length);
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((offsets[middle] as number) < sequence - this.base) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The sequence of entry `index`. */
  sequenceAt(index: number): number {
    return this.base + (this.#offsets === undefined ? index : (this.#offsets[index] as number));
  }

  /** The subject id of entry `index`, 0 if there is no message. */
  subjectAt(index: number): number {
    return (this.#subjects[index] as number) & ~HEADERS_BIT;
  }

  /** Whether the message of entry `index` has a header block. */
  hasHeadersAt(index: number): boolean {
    return ((this.#subjects[index] as number) & HEADERS_BIT) !== 0;
  }

  /** Milliseconds since 1970 UTC, whole, of entry `index`. */
  timeAt(index: number): number {
    return this.baseMs + (this.#times[index] as number);
  }

  /** Whether any message has, or had, a lifetime of its own. */
  get hasTtls(): boolean {
    return this.#ttls !== undefined;
  }

  /** The lifetime of entry `index` in seconds, 0 if it has none of its own. */
  ttlAt(index: number): number {
    return this.#ttls === undefined ? 0 : (this.#ttls[index] as number);
  }

  /** Bytes of the record of entry `index`; 0 for the further sequences of a batch. */
  sizeAt(index: number): number {
    const next = index + 1 < this.length ? (this.positions[index + 1] as number) : this.end;
    return next - (this.positions[index] as number);
  }

  /** The entry whose position is that of the record of entry `index`: another one for the later ones of a batch. */
  headOf(index: number): number {
    let head = index;
    while (head > 0 && this.sizeAt(head) === 0) head--;
    return head;
  }

  /** The entry after the last one of the record that begins with entry `head`. */
  recordEnd(head: number): number {
    let index = head + 1;
    while (index < this.length && this.sizeAt(index) === 0) index++;
    return index;
  }

  /** Bytes that the message of entry `index` counts for in limits and reports. */
  chargeAt(index: number): number {
    const size = this.sizeAt(index);
    if (size === 0) return 0;
    const bytes = size - messageHeadSize(this.ttlAt(index));
    return bytes + CHARGE_BASE + (this.hasHeadersAt(index) ? CHARGE_HEADERS : 0);
  }

  /** Takes the message of entry `index` out of the index. */
  remove(index: number): void {
    this.#subjects[index] = 0;
    this.liveCount--;
    this.liveSize -= this.sizeAt(index);
  }

  /** First entry at or after `index` that has a message; `length` if there is none. */
  nextLive(index: number): number {
    let at = index;
    while (at < this.length && this.#subjects[at] === 0) at++;
    return at;
  }

  /** First entry whose time is at or after `timeMs`; `length` if there is none. */
  indexAtTime(timeMs: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timeAt(middle) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** What the message of `subjectSize + bodySize` bytes would be charged. */
  static charge(subjectSize: number, headersSize: number, bodySize: number): number {
    return CHARGE_BASE + subjectSize + bodySize + (headersSize > 0 ? CHARGE_HEADERS : 0);
  }

  /** The index as it goes into the file; the arrays are views. */
  get index(): SegmentIndex {
    return {
      positions: this.positions.subarray(0, this.length),
      subjects: this.#subjects.subarray(0, this.length),
      times: this.#times.subarray(0, this.length),
      offsets: this.#offsets,
      ttls: this.#ttls?.subarray(0, this.length),
      baseMs: this.baseMs,
      sequenceEnd: this.sequenceEnd,
      end: this.end,
    };
  }

  #grow(needed: number): void {
    let capacity = this.positions.length;
    while (capacity < needed) capacity *= 2;
    const copy = (from: Uint32Array): Uint32Array => {
      const to = new Uint32Array(capacity);
      to.set(from.subarray(0, this.length));
      return to;
    };
    this.positions = copy(this.positions);
    this.#subjects = copy(this.#subjects);
    this.#times = copy(this.#times);
    if (this.#ttls !== undefined) this.#ttls = copy(this.#ttls);
  }
}
