import { assert } from "@oxbow/base";
import type { Block } from "./block.ts";
import type { CommitParticipant } from "./journal.ts";
import type { LogStorage } from "./log-storage.ts";
import { MESSAGE_HEAD_SIZE, type RecordView } from "./record.ts";
import { Segment } from "./segment.ts";
import { SubjectQueues } from "./subject-queues.ts";
import { SubjectTable } from "./subject-table.ts";

/** Where the messages of a log live: `file` survives the process, `memory` does not. */
export type StorageKind = "file" | "memory";

/** What a log keeps; older messages are removed when an append goes beyond. `Infinity` is no limit. */
export interface LogLimits {
  readonly countMax: number;
  readonly bytesMax: number;
  /** Milliseconds after which a message is removed. */
  readonly ageMsMax: number;
  readonly perSubjectMax: number;
}

/** No limits. */
export const UNLIMITED: LogLimits = {
  countMax: Number.POSITIVE_INFINITY,
  bytesMax: Number.POSITIVE_INFINITY,
  ageMsMax: Number.POSITIVE_INFINITY,
  perSubjectMax: Number.POSITIVE_INFINITY,
};

/** Who hears of what happens in a log; all calls are synchronous and must not append to the same log. */
export interface LogListener {
  /** `committedSequence` has moved: those messages are durable and may be read and acknowledged. */
  onCommitted(): void;
  /** One message is gone, by a limit or by request. */
  onRemoved(sequence: number, subjectId: number): void;
  /** Many messages are gone at once: everything counted from the log must be counted anew. */
  onTruncated(): void;
  /** The record of a sequence does not check out; from now on it reads as `corrupt`. */
  onDamaged(sequence: number): void;
}

/** What {@link Log.read} found. */
export type ReadResult =
  /** The view points at the record. */
  | "ready"
  /** The record is on disk, or not yet committed: ask {@link Log.load} and read again. */
  | "pending"
  /** There is no such message (any more). */
  | "absent"
  /** There was one, but its bytes are damaged. */
  | "corrupt";

/**
 * The messages of one stream, by sequence, with the index and the limits over them. One log is the only owner of its
 * index; where the bytes lie is the business of its {@link LogStorage}.
 *
 * A message exists for `lastSequence`, limits and look-ups from its append on; it may be read once it is committed.
 */
export class Log implements CommitParticipant {
  readonly id: number;
  readonly name: string;
  readonly storageKind: StorageKind;
  readonly subjects: SubjectTable = new SubjectTable();
  listener: LogListener | undefined;
  /** Sequence of the oldest message, or `lastSequence + 1` if there is none. */
  firstSequence = 1;
  /** The highest sequence given to a message, 0 before the first. Never goes back. */
  lastSequence = 0;
  /** The highest sequence that is durable. */
  committedSequence = 0;
  /** Messages that are there. */
  count = 0;
  /** Bytes charged for them: subject, headers and payload, and 30 (34 with headers) for each message. */
  bytes = 0;
  /** Milliseconds since 1970 UTC of the last message, whole; appends never go below it. */
  lastTimestampMs = 0;
  readonly #storage: LogStorage;
  #segments: Segment[] = [];
  #limits: LogLimits = UNLIMITED;
  #queues: SubjectQueues | undefined;
  #damaged = new Set<number>();
  #isCommitPending = false;
  /** Removed between others since the last commit was begun, in order. */
  #removals: number[] = [];
  #isTrimmed = false;
  #isDirty = false;
  isDeleted = false;

  constructor(id: number, name: string, storageKind: StorageKind, storage: LogStorage) {
    this.id = id;
    this.name = name;
    this.storageKind = storageKind;
    this.#storage = storage;
  }

  /** The segments, oldest first; for the storage and for recovery. */
  get segments(): readonly Segment[] {
    return this.#segments;
  }

  get limits(): LogLimits {
    return this.#limits;
  }

  /** Number of damaged messages known. */
  get damagedCount(): number {
    return this.#damaged.size;
  }

  /** Replaces the limits and applies them. */
  setLimits(limits: LogLimits, nowMs: number): void {
    this.#limits = limits;
    const tracksSubjects = limits.perSubjectMax > 1 && limits.perSubjectMax < Infinity;
    if (!tracksSubjects) this.#queues = undefined;
    else this.#queues ??= this.#buildQueues();
    if (limits.perSubjectMax < Infinity) this.#enforcePerSubject();
    this.#enforce();
    this.expire(nowMs);
  }

  /**
   * Appends a message that covers `count` sequences and returns its first one. The ranges are copied. `body` is the
   * header block followed by the payload. The message is durable when `onCommitted` is called with
   * `committedSequence` at or above it. The caller has checked `store.failure` and the size.
   */
  append(
    timestampMs: number,
    subject: Buffer,
    subjectStart: number,
    subjectEnd: number,
    body: Buffer,
    headersSize: number,
    bodyStart: number,
    bodyEnd: number,
    count = 1,
  ): number {
    const subjectId = this.subjects.intern(subject, subjectStart, subjectEnd);
    const sequence = this.lastSequence + 1;
    const time = timestampMs < this.lastTimestampMs ? this.lastTimestampMs : timestampMs;
    const size = MESSAGE_HEAD_SIZE + subjectEnd - subjectStart + bodyEnd - bodyStart;
    const segment = this.#activeSegment(sequence, size, time);
    this.#storage.append(
      this,
      segment,
      sequence,
      count,
      time,
      size,
      subject,
      subjectStart,
      subjectEnd,
      body,
      headersSize,
      bodyStart,
      bodyEnd,
    );
    const charge = Segment.charge(subjectEnd - subjectStart, headersSize, bodyEnd - bodyStart);
    this.#index(segment, sequence, count, size, charge, subjectId, headersSize > 0, time);
    if (this.#storage.commitsAtOnce) {
      this.committedSequence = this.lastSequence;
      this.listener?.onCommitted();
    }
    return sequence;
  }

  /** Whether appending one message charged `charge` bytes would go beyond the limits on count or bytes. */
  wouldExceed(charge: number): "count" | "bytes" | undefined {
    if (this.count + 1 > this.#limits.countMax) return "count";
    if (this.bytes + charge > this.#limits.bytesMax) return "bytes";
    return undefined;
  }

  /** Removes one message; false if there is none. The removal is durable with the next commit. */
  remove(sequence: number): boolean {
    const segment = this.segmentOf(sequence);
    if (segment === undefined || segment.subjectAt(sequence - segment.base) === 0) return false;
    this.#removeEntry(segment, sequence);
    this.#noteRemoval(segment, sequence);
    this.#touch();
    return true;
  }

  /** Removes every message below `sequence`; returns how many. `sequence` is at most `lastSequence + 1`. */
  removeBelow(sequence: number): number {
    const end = Math.min(sequence, this.lastSequence + 1);
    if (end <= this.firstSequence) return 0;
    const before = this.count;
    for (const segment of this.#segments) {
      if (segment.base >= end) break;
      const from = Math.max(0, this.firstSequence - segment.base);
      const to = Math.min(segment.length, end - segment.base);
      for (let i = segment.nextLive(from); i < to; i = segment.nextLive(i + 1)) {
        this.#forget(segment, i);
      }
    }
    this.firstSequence = end;
    this.#advanceFirst();
    this.#touch();
    this.listener?.onTruncated();
    return before - this.count;
  }

  /** Removes the messages for which `matches` says so, but keeps the newest `keep`; returns how many. */
  removeMatching(matches: (subjectId: number) => boolean, below: number, keep: number): number {
    let matching = 0;
    if (keep > 0) this.forEach(this.firstSequence, (_, subjectId) => void (matches(subjectId) && matching++));
    let left = keep > 0 ? matching - keep : Number.POSITIVE_INFINITY;
    let removed = 0;
    for (let sequence = this.firstSequence; sequence < below && left > 0; sequence++) {
      const segment = this.segmentOf(sequence);
      if (segment === undefined) break;
      const index = segment.nextLive(sequence - segment.base);
      sequence = segment.base + index;
      if (index >= segment.length || sequence >= below) {
        sequence--;
        continue;
      }
      if (!matches(segment.subjectAt(index))) continue;
      this.#removeEntry(segment, sequence);
      this.#noteRemoval(segment, sequence);
      removed++;
      left--;
    }
    if (removed > 0) this.#touch();
    return removed;
  }

  /** Skips to `sequence` as the next one to be given: an empty log's first sequence. */
  skipTo(sequence: number): void {
    assert(this.count === 0, "only an empty log can skip sequences");
    if (sequence <= this.lastSequence) return;
    this.firstSequence = sequence;
    this.lastSequence = sequence - 1;
    this.committedSequence = this.lastSequence;
    this.#advanceFirst();
    this.#touch();
  }

  /** Removes what is older than the age limit. */
  expire(nowMs: number): void {
    if (this.#limits.ageMsMax === Infinity || this.count === 0) return;
    const cutoffMs = nowMs - this.#limits.ageMsMax;
    while (this.count > 0) {
      const segment = this.#segments[0] as Segment;
      const index = this.firstSequence - segment.base;
      if (segment.timeAt(index) > cutoffMs) return;
      this.#removeFirst();
    }
  }

  /** When the oldest message reaches the age limit, in wall-clock milliseconds; `undefined` if none ever will. */
  get nextExpiryAtMs(): number | undefined {
    if (this.#limits.ageMsMax === Infinity || this.count === 0) return undefined;
    return this.timeOf(this.firstSequence) + this.#limits.ageMsMax;
  }

  /** Points `view` at the record of `sequence`, if it can be read now. */
  read(sequence: number, view: RecordView): ReadResult {
    const segment = this.segmentOf(sequence);
    if (segment === undefined) return "absent";
    let index = sequence - segment.base;
    if (segment.subjectAt(index) === 0) return "absent";
    if (this.#damaged.size > 0 && this.#damaged.has(sequence)) return "corrupt";
    if (sequence > this.committedSequence) return "pending";
    while (index > 0 && segment.sizeAt(index) === 0) index--;
    return this.#storage.read(segment, segment.positions[index] as number, view)
      ? "ready"
      : "pending";
  }

  /** Brings the record of `sequence` into memory, waiting for its commit if need be, and calls `done`. */
  load(sequence: number, done: (error: Error | null) => void): void {
    const segment = this.segmentOf(sequence);
    if (segment === undefined) {
      done(null);
      return;
    }
    if (sequence > this.committedSequence) {
      this.#storage.afterCommit(done);
      return;
    }
    let index = sequence - segment.base;
    while (index > 0 && segment.sizeAt(index) === 0) index--;
    this.#storage.load(segment, index, (damaged) => this.#markDamaged(segment, damaged), done);
  }

  /** The subject id of the message at `sequence`, 0 if there is none. */
  subjectIdOf(sequence: number): number {
    const segment = this.segmentOf(sequence);
    return segment === undefined ? 0 : segment.subjectAt(sequence - segment.base);
  }

  /** Whether the message at `sequence` has a header block. */
  hasHeaders(sequence: number): boolean {
    const segment = this.segmentOf(sequence);
    return segment?.hasHeadersAt(sequence - segment.base) ?? false;
  }

  /** Milliseconds since 1970 UTC, whole, of the entry of `sequence`, which lies between first and last. */
  timeOf(sequence: number): number {
    const segment = this.segmentOf(sequence);
    return segment === undefined ? 0 : segment.timeAt(sequence - segment.base);
  }

  /** Bytes charged for the message at `sequence`. */
  chargeOf(sequence: number): number {
    const segment = this.segmentOf(sequence);
    return segment === undefined ? 0 : segment.chargeAt(sequence - segment.base);
  }

  /** The first message at or after `sequence`; `lastSequence + 1` if there is none. */
  nextSequence(sequence: number): number {
    const from = Math.max(sequence, this.firstSequence);
    for (let i = this.#segmentIndex(from); i < this.#segments.length; i++) {
      const segment = this.#segments[i] as Segment;
      const index = segment.nextLive(Math.max(0, from - segment.base));
      if (index < segment.length) return segment.base + index;
    }
    return this.lastSequence + 1;
  }

  /** The first message at or after `sequence` whose subject id `matches`; `lastSequence + 1` if there is none. */
  nextMatching(sequence: number, matches: (subjectId: number) => boolean): number {
    const from = Math.max(sequence, this.firstSequence);
    for (let i = this.#segmentIndex(from); i < this.#segments.length; i++) {
      const segment = this.#segments[i] as Segment;
      let index = segment.nextLive(Math.max(0, from - segment.base));
      while (index < segment.length) {
        if (matches(segment.subjectAt(index))) return segment.base + index;
        index = segment.nextLive(index + 1);
      }
    }
    return this.lastSequence + 1;
  }

  /** The first message whose time is at or after `timeMs`; `lastSequence + 1` if there is none. */
  sequenceAtTime(timeMs: number): number {
    for (const segment of this.#segments) {
      const index = segment.indexAtTime(timeMs);
      if (index < segment.length) return this.nextSequence(segment.base + index);
    }
    return this.lastSequence + 1;
  }

  /** Calls `visit` for each message from `sequence` on, oldest first. */
  forEach(sequence: number, visit: (sequence: number, subjectId: number) => void): void {
    const from = Math.max(sequence, this.firstSequence);
    for (let i = this.#segmentIndex(from); i < this.#segments.length; i++) {
      const segment = this.#segments[i] as Segment;
      let index = segment.nextLive(Math.max(0, from - segment.base));
      for (; index < segment.length; index = segment.nextLive(index + 1)) {
        visit(segment.base + index, segment.subjectAt(index));
      }
    }
  }

  /** The sequences between first and last that have no message, in order, at most `max`. */
  absentSequences(max: number): number[] {
    const absent: number[] = [];
    let expected = this.firstSequence;
    this.forEach(this.firstSequence, (sequence) => {
      while (expected < sequence && absent.length < max) absent.push(expected++);
      expected = sequence + 1;
    });
    while (expected <= this.lastSequence && absent.length < max) absent.push(expected++);
    return absent;
  }

  /** The segment that has an entry for `sequence`. */
  segmentOf(sequence: number): Segment | undefined {
    const segments = this.#segments;
    const last = segments[segments.length - 1];
    if (last === undefined || sequence >= last.sequenceEnd || sequence < this.firstSequence) {
      return undefined;
    }
    if (sequence >= last.base) return last;
    const segment = segments[this.#segmentIndex(sequence)];
    return segment !== undefined && sequence >= segment.base ? segment : undefined;
  }

  // What follows is for the storage and the recovery of the store.

  onRunCommitted(
    segment: Segment,
    position: number,
    source: Buffer,
    start: number,
    end: number,
    lastSequence: number,
  ): void {
    if (this.isDeleted) return;
    this.#storage.keep(segment, position, source, start, end);
    this.committedSequence = lastSequence;
    this.#isCommitPending = true;
  }

  onCommitted(): void {
    if (!this.#isCommitPending) return;
    this.#isCommitPending = false;
    this.listener?.onCommitted();
  }

  /** What changed beside the messages since the last call: for the record of a commit. */
  takeChanges(): { removals: number[]; isTrimmed: boolean } {
    const changes = { removals: this.#removals, isTrimmed: this.#isTrimmed };
    this.#removals = [];
    this.#isTrimmed = false;
    this.#isDirty = false;
    return changes;
  }

  /** Adds a message found by recovery, whose record of `size` bytes is kept by the storage. */
  restoreMessage(block: Block, at: number, view: RecordView): void {
    view.set(block, at);
    const { sequence } = view;
    if (sequence <= this.#lastEntry()) return;
    const gapStart = Math.max(this.#lastEntry() + 1, this.firstSequence);
    if (sequence > gapStart && this.#segments.length > 0) this.restoreGap(gapStart, sequence);
    const subjectId = this.subjects.intern(view.bytes, view.subjectStart, view.subjectEnd);
    const size = view.bodyEnd - at;
    const timeMs = Math.max(this.lastTimestampMs, view.timestampMs);
    const segment = this.#activeSegment(sequence, size, timeMs);
    this.#storage.keep(segment, segment.end, block.bytes, at, at + size);
    this.#indexRestored(segment, view, size, subjectId, timeMs);
  }

  /** Adds the entry of a message that recovery found in `segment`'s own file, at `segment.end`. */
  restoreEntry(segment: Segment, block: Block, at: number, view: RecordView): void {
    view.set(block, at);
    const gap = view.sequence - segment.sequenceEnd;
    if (gap > 0) this.#addDamaged(segment, gap);
    const subjectId = this.subjects.intern(view.bytes, view.subjectStart, view.subjectEnd);
    const timeMs = Math.max(this.lastTimestampMs, view.timestampMs);
    this.#indexRestored(segment, view, view.bodyEnd - at, subjectId, timeMs);
  }

  /** Marks the sequences `[start, end)` as damaged: they should be there, and nothing readable was found. */
  restoreGap(start: number, end: number): void {
    const segment = this.#activeSegment(start, 0, this.lastTimestampMs);
    this.#addDamaged(segment, end - start);
    this.lastSequence = Math.max(this.lastSequence, end - 1);
    this.committedSequence = this.lastSequence;
  }

  /** Takes a segment whose index came from its file; its messages count from now on. */
  restoreSegment(segment: Segment): void {
    this.#segments.push(segment);
    for (let i = segment.nextLive(0); i < segment.length; i = segment.nextLive(i + 1)) {
      this.subjects.added(segment.subjectAt(i), segment.base + i);
      this.bytes += segment.chargeAt(i);
    }
    this.count += segment.liveCount;
    this.lastSequence = Math.max(this.lastSequence, segment.sequenceEnd - 1);
    this.committedSequence = this.lastSequence;
    if (segment.length > 0) this.lastTimestampMs = segment.timeAt(segment.length - 1);
  }

  /** Takes what the journal says about both ends; they only ever move up. */
  restoreBounds(first: number, last: number): void {
    if (first > this.firstSequence) {
      for (const segment of this.#segments) {
        const to = Math.min(segment.length, first - segment.base);
        for (let i = segment.nextLive(0); i < to; i = segment.nextLive(i + 1)) {
          this.#forget(segment, i);
        }
      }
      this.firstSequence = first;
    }
    this.lastSequence = Math.max(this.lastSequence, last);
    this.committedSequence = this.lastSequence;
  }

  /** Applies a removal that the journal or a tombstone file holds. */
  restoreRemoval(sequence: number): Segment | undefined {
    const segment = this.segmentOf(sequence);
    this.#damaged.delete(sequence);
    if (segment === undefined || segment.subjectAt(sequence - segment.base) === 0) return segment;
    this.#forget(segment, sequence - segment.base);
    return segment;
  }

  /** Ends recovery: moves the first sequence to the first message there is. */
  restored(): void {
    // Entries may be missing at the end when the last sequences were purged, or when they were lost.
    if (this.count === 0 && this.#damaged.size === 0) this.firstSequence = this.lastSequence + 1;
    else this.#advanceFirst();
    this.#isTrimmed = false;
    this.#removals = [];
  }

  #lastEntry(): number {
    const last = this.#segments[this.#segments.length - 1];
    return last === undefined ? this.firstSequence - 1 : last.sequenceEnd - 1;
  }

  #addDamaged(segment: Segment, count: number): void {
    for (let i = 0; i < count; i++) this.#damaged.add(segment.sequenceEnd + i);
    segment.addAbsent(count);
  }

  #markDamaged(segment: Segment, index: number): void {
    const sequence = segment.base + index;
    if (this.#damaged.has(sequence)) return;
    this.#damaged.add(sequence);
    this.listener?.onDamaged(sequence);
  }

  #activeSegment(sequence: number, size: number, timeMs: number): Segment {
    const last = this.#segments[this.#segments.length - 1];
    if (
      last !== undefined &&
      !last.sealed &&
      last.sequenceEnd === sequence &&
      last.hasRoom(size, timeMs, this.#storage.segmentSizeMax)
    ) {
      return last;
    }
    const segment = new Segment(sequence);
    this.#segments.push(segment);
    return segment;
  }

  #index(
    segment: Segment,
    sequence: number,
    count: number,
    size: number,
    charge: number,
    subjectId: number,
    hasHeaders: boolean,
    timeMs: number,
  ): void {
    segment.add(size, count, subjectId, hasHeaders, timeMs);
    const last = sequence + count - 1;
    this.lastSequence = last;
    this.lastTimestampMs = timeMs;
    this.count += count;
    this.bytes += charge;
    const { perSubjectMax } = this.#limits;
    const previous = perSubjectMax === 1 ? this.subjects.last(subjectId) : 0;
    for (let i = sequence; i <= last; i++) this.subjects.added(subjectId, i);
    if (previous > 0) this.remove(previous);
    if (this.#queues !== undefined) {
      const evicted = this.#queues.push(subjectId, last, perSubjectMax);
      if (evicted > 0) this.remove(evicted);
    }
    if (this.count > this.#limits.countMax || this.bytes > this.#limits.bytesMax) this.#enforce();
  }

  #indexRestored(
    segment: Segment,
    view: RecordView,
    size: number,
    subjectId: number,
    timeMs: number,
  ): void {
    const { sequence, sequenceCount } = view;
    segment.add(size, sequenceCount, subjectId, view.headersSize > 0, timeMs);
    for (let i = 0; i < sequenceCount; i++) this.subjects.added(subjectId, sequence + i);
    this.count += sequenceCount;
    this.bytes += segment.chargeAt(sequence - segment.base);
    this.lastSequence = Math.max(this.lastSequence, sequence + sequenceCount - 1);
    this.committedSequence = this.lastSequence;
    this.lastTimestampMs = timeMs;
  }

  #enforce(): void {
    const { countMax, bytesMax } = this.#limits;
    while (this.count > 0 && (this.count > countMax || this.bytes > bytesMax)) this.#removeFirst();
  }

  #enforcePerSubject(): void {
    const { perSubjectMax } = this.#limits;
    const excess = new Map<number, number>();
    for (let id = 1; id < this.subjects.idEnd; id++) {
      const count = this.subjects.count(id);
      if (count > perSubjectMax) excess.set(id, count - perSubjectMax);
    }
    if (excess.size === 0) return;
    const doomed: number[] = [];
    this.forEach(this.firstSequence, (sequence, subjectId) => {
      const left = excess.get(subjectId) ?? 0;
      if (left > 0) {
        excess.set(subjectId, left - 1);
        doomed.push(sequence);
      }
    });
    for (const sequence of doomed) this.remove(sequence);
    if (this.#queues !== undefined) this.#queues = this.#buildQueues();
  }

  #buildQueues(): SubjectQueues {
    const queues = new SubjectQueues();
    this.forEach(this.firstSequence, (sequence, subjectId) => queues.push(subjectId, sequence));
    return queues;
  }

  #removeFirst(): void {
    const segment = this.#segments[0] as Segment;
    this.#removeEntry(segment, this.firstSequence);
    this.#advanceFirst();
    this.#touch();
  }

  #removeEntry(segment: Segment, sequence: number): void {
    const index = sequence - segment.base;
    const subjectId = segment.subjectAt(index);
    this.#forget(segment, index);
    this.listener?.onRemoved(sequence, subjectId);
  }

  /** A removal at the beginning moves the first sequence; one between others needs a tombstone. */
  #noteRemoval(segment: Segment, sequence: number): void {
    if (sequence === this.firstSequence) {
      this.#advanceFirst();
    } else if (!this.#storage.commitsAtOnce) {
      this.#removals.push(sequence);
      segment.unsavedRemovals.push(sequence);
    }
  }

  /** Takes the message of an entry out of every count. */
  #forget(segment: Segment, index: number): void {
    const subjectId = segment.subjectAt(index);
    const sequence = segment.base + index;
    this.bytes -= segment.chargeAt(index);
    this.count--;
    segment.remove(index);
    this.#queues?.remove(subjectId, sequence);
    const wasLast = this.subjects.last(subjectId) === sequence;
    if (this.subjects.removed(subjectId) === 0) this.subjects.release(subjectId);
    else if (wasLast) this.subjects.setLast(subjectId, this.#lastBefore(sequence, subjectId));
  }

  /** The newest message of a subject below `sequence`; there is one. */
  #lastBefore(sequence: number, subjectId: number): number {
    for (let i = this.#segmentIndex(sequence); i >= 0; i--) {
      const segment = this.#segments[i] as Segment;
      for (let index = Math.min(segment.length, sequence - segment.base) - 1; index >= 0; index--) {
        if (segment.subjectAt(index) === subjectId) return segment.base + index;
      }
    }
    return 0;
  }

  /** Moves `firstSequence` to the first message, and drops the segments that have none any more. */
  #advanceFirst(): void {
    this.#isTrimmed = true;
    for (;;) {
      const segment = this.#segments[0];
      if (segment === undefined) {
        this.firstSequence = this.lastSequence + 1;
        return;
      }
      const index = this.#damaged.size > 0
        ? this.#nextLiveOrDamaged(segment)
        : segment.nextLive(Math.max(0, this.firstSequence - segment.base));
      if (index < segment.length) {
        this.firstSequence = segment.base + index;
        return;
      }
      this.#segments.shift();
      this.firstSequence = segment.sequenceEnd;
      this.#storage.drop(this, segment);
    }
  }

  #nextLiveOrDamaged(segment: Segment): number {
    let index = Math.max(0, this.firstSequence - segment.base);
    while (
      index < segment.length &&
      segment.subjectAt(index) === 0 &&
      !this.#damaged.has(segment.base + index)
    ) {
      index++;
    }
    return index;
  }

  #segmentIndex(sequence: number): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#segments[middle] as Segment).sequenceEnd <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #touch(): void {
    if (this.#isDirty) return;
    this.#isDirty = true;
    this.#storage.touched(this);
  }
}
