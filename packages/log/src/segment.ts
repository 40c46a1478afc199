import type { DiskFile } from "@oxbow/base";
import { LIMITS } from "./limits.ts";
import { MESSAGE_HEAD_SIZE } from "./record.ts";
import { SEGMENT_HEADER_SIZE } from "./segment-format.ts";

/** Set in an entry's subject when the message has a header block. */
const HEADERS_BIT = 0x80000000;
/** Bytes a message is charged beyond its subject, headers and payload: what JetStream's file storage charges. */
const CHARGE_BASE = 30;
/** Bytes a header block is charged on top of its own size. */
const CHARGE_HEADERS = 4;
const INITIAL_ENTRIES = 16;

/**
 * One segment of a log: the index of its sequences, in memory for as long as the log is open (12 bytes an entry), and
 * the file behind it.
 *
 * A position is where a record lies, or will lie, in the segment's file; it is given when the record is appended, so
 * that it never changes when the record moves from memory to the file. Entry `i` is sequence `base + i`; its record
 * ends where the next entry's begins. An entry without a subject is a sequence that was removed or never existed.
 *
 * Invariant: `SEGMENT_HEADER_SIZE <= fileEnd <= end`; `[fileEnd, end)` is in memory only.
 */
export class Segment {
  /** Sequence of the first entry. */
  readonly base: number;
  /** Number of entries. */
  length = 0;
  positions: Uint32Array = new Uint32Array(INITIAL_ENTRIES);
  #subjects: Uint32Array = new Uint32Array(INITIAL_ENTRIES);
  #times: Uint32Array = new Uint32Array(INITIAL_ENTRIES);
  /** Wall-clock milliseconds of the first record, whole. */
  baseMs = 0;
  /** Where the next record goes. */
  end: number = SEGMENT_HEADER_SIZE;
  /** Messages that are there. */
  liveCount = 0;
  /** Bytes up to which the file has been written. */
  fileEnd: number = SEGMENT_HEADER_SIZE;
  /** The open file, from its first write on. */
  file: DiskFile | undefined;
  /** Whether the index follows the records in the file: nothing is appended any more. */
  sealed = false;
  /** Sequences removed from between others since the last checkpoint: what the tombstone file still lacks. */
  unsavedRemovals: number[] = [];
  /** Bytes of the tombstone file. */
  tombstonesEnd = 0;
  tombstoneFile: DiskFile | undefined;

  constructor(base: number) {
    this.base = base;
  }

  /** The sequence after the last entry. */
  get sequenceEnd(): number {
    return this.base + this.length;
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
  add(size: number, count: number, subjectId: number, hasHeaders: boolean, timestampMs: number): void {
    if (this.length + count > this.positions.length) this.#grow(this.length + count);
    if (this.length === 0) this.baseMs = Math.floor(timestampMs);
    const subject = hasHeaders ? (subjectId | HEADERS_BIT) >>> 0 : subjectId;
    const time = Math.max(0, Math.floor(timestampMs) - this.baseMs);
    for (let i = 0; i < count; i++) {
      this.positions[this.length] = i === 0 ? this.end : this.end + size;
      this.#subjects[this.length] = subject;
      this.#times[this.length] = time;
      this.length++;
    }
    this.end += size;
    this.liveCount += count;
  }

  /** Adds `count` entries for sequences that do not exist, or whose records are damaged. */
  addAbsent(count: number): void {
    if (this.length + count > this.positions.length) this.#grow(this.length + count);
    const time = this.length === 0 ? 0 : (this.#times[this.length - 1] as number);
    for (let i = 0; i < count; i++) {
      this.positions[this.length] = this.end;
      this.#times[this.length] = time;
      this.#subjects[this.length++] = 0;
    }
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

  /** Bytes of the record of entry `index`; 0 for the further sequences of a batch. */
  sizeAt(index: number): number {
    const next = index + 1 < this.length ? (this.positions[index + 1] as number) : this.end;
    return next - (this.positions[index] as number);
  }

  /** Bytes that the message of entry `index` counts for in limits and reports. */
  chargeAt(index: number): number {
    const size = this.sizeAt(index);
    if (size === 0) return 0;
    return (
      size - MESSAGE_HEAD_SIZE + CHARGE_BASE + (this.hasHeadersAt(index) ? CHARGE_HEADERS : 0)
    );
  }

  /** Takes the message of entry `index` out of the index. */
  remove(index: number): void {
    this.#subjects[index] = 0;
    this.liveCount--;
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

  /** The arrays of the index block, cut to length. */
  indexArrays(): { positions: Uint32Array; subjects: Uint32Array; times: Uint32Array } {
    return {
      positions: this.positions.subarray(0, this.length),
      subjects: this.#subjects.subarray(0, this.length),
      times: this.#times.subarray(0, this.length),
    };
  }

  /** Takes over an index read from the file; `subjects` already hold the log's ids. */
  restore(
    positions: Uint32Array,
    subjects: Uint32Array,
    times: Uint32Array,
    baseMs: number,
    end: number,
  ): void {
    this.positions = positions;
    this.#subjects = subjects;
    this.#times = times;
    this.length = positions.length;
    this.baseMs = baseMs;
    this.end = end;
    this.fileEnd = end;
    this.liveCount = 0;
    for (const subject of subjects) if (subject !== 0) this.liveCount++;
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
  }
}
