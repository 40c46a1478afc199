import { assert } from "@oxbow/base";
import type { CommitParticipant } from "./journal/journal-batch.ts";
import { LogExpiry } from "./log-expiry.ts";
import { LogIndex } from "./log-index.ts";
import { type LogLimits, UNLIMITED } from "./log-limits.ts";
import { LogRemovals, type RemovalChanges } from "./log-removals.ts";
import type { LogStorage } from "./log-storage.ts";
import {
  FLAG_ERASED,
  FLAG_GAP,
  MESSAGE_HEAD_SIZE,
  messageHeadSize,
  type RecordView,
} from "./record.ts";
import type { Segment } from "./segment/segment.ts";
import { SubjectLimit } from "./subject-limit.ts";
import type { SubjectTable } from "./subject-table.ts";

/** Where the messages of a log live: `file` survives the process, `memory` does not. */
export type StorageKind = "file" | "memory";

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

/** Sequences that one record of a gap can stand for. */
const GAP_SIZE_MAX = 0xffff_ffff;

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
 * The messages of one stream, by sequence, with the limits over them. What it knows of them without reading is in its
 * {@link LogIndex}, which it alone changes; where the bytes lie is the business of its {@link LogStorage}.
 *
 * A message exists for `lastSequence`, limits and look-ups from its append on; it may be read once it is committed.
 */
export class Log implements CommitParticipant {
  readonly id: number;
  readonly name: string;
  readonly storageKind: StorageKind;
  listener: LogListener | undefined;
  /** Whether the listener wants to hear of commits; one that does not is not touched, which a thousand logs notice. */
  reportsCommits = true;
  /** The highest sequence that is durable. */
  committedSequence = 0;
  isDeleted = false;
  /** Whether what goes to segment files from now on is compressed. */
  isCompressed = false;
  /** @internal For the storage, the recovery and the store. */
  readonly index: LogIndex;
  readonly #storage: LogStorage;
  #limits: LogLimits = UNLIMITED;
  readonly #removals: LogRemovals;
  readonly #subjectLimit: SubjectLimit;
  readonly #expiry: LogExpiry;
  #isCommitPending = false;
  #isAppendingTogether = false;
  constructor(id: number, name: string, storageKind: StorageKind, storage: LogStorage) {
    this.id = id;
    this.name = name;
    this.storageKind = storageKind;
    this.#storage = storage;
    const index = new LogIndex((segment) => storage.drop(segment));
    this.index = index;
    this.#removals = new LogRemovals(index, !storage.commitsAtOnce, {
      onTouched: () => storage.touched(this),
      onThinned: (segment) => storage.thinned(this, segment),
      onRemoved: (sequence, subjectId) => {
        this.#subjectLimit.onRemoved(subjectId);
        this.listener?.onRemoved(sequence, subjectId);
      },
    });
    this.#subjectLimit = new SubjectLimit(index, this.#removals);
    this.#expiry = new LogExpiry(index);
  }

  /** Sequence of the oldest message, damaged ones included, or `lastSequence + 1` if there is none. */
  get firstSequence(): number {
    return this.index.firstSequence;
  }

  /** The highest sequence given to a message, 0 before the first. Never goes back. */
  get lastSequence(): number {
    return this.index.lastSequence;
  }

  /** Messages that are there. */
  get count(): number {
    return this.index.count;
  }

  /** Bytes of messages that were added since it was made or opened; what is gone again is counted. */
  get addedBytes(): number {
    return this.index.addedBytes;
  }

  /** Bytes charged for them: subject, headers and payload, and 30 (34 with headers) for each message. */
  get bytes(): number {
    return this.index.bytes;
  }

  /** Milliseconds since 1970 UTC of the last message; appends never go below it. */
  get lastTimestampMs(): number {
    return this.index.lastTimestampMs;
  }

  get subjects(): SubjectTable {
    return this.index.subjects;
  }

  /** The segments, oldest first; for the storage. */
  get segments(): readonly Segment[] {
    return this.index.segments;
  }

  get limits(): LogLimits {
    return this.#limits;
  }

  /** Number of damaged messages known. */
  get damagedCount(): number {
    return this.index.damaged.count;
  }

  /** Replaces the limits and applies them, but for what has expired: {@link expire} is for that. */
  setLimits(limits: LogLimits): void {
    this.#limits = limits;
    this.#expiry.setLimits(limits);
    this.#subjectLimit.set(limits.perSubjectMax);
    this.#enforce();
  }

  /**
   * Appends a message that covers `count` sequences and returns its first one. The ranges are copied. `body` is the
   * header block followed by the payload. The message is durable when `onCommitted` is called with
   * `committedSequence` at or above it. The caller has checked `store.failure` and the size.
   *
   * @param ttlSeconds - Its lifetime: 0 for none of its own, `TTL_NEVER` for one that no age limit ends. It is
   * kept whether the limits honour it or not.
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
    ttlSeconds = 0,
  ): number {
    const { index } = this;
    const subjectId = index.subjects.intern(subject, subjectStart, subjectEnd);
    const sequence = index.lastSequence + 1;
    const time = timestampMs < index.lastTimestampMs ? index.lastTimestampMs : timestampMs;
    const headSize = ttlSeconds === 0 ? MESSAGE_HEAD_SIZE : messageHeadSize(ttlSeconds);
    const size = headSize + subjectEnd - subjectStart + bodyEnd - bodyStart;
    const segment = index.activeSegment(sequence, size, time, this.#storage.segmentSizeMax);
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
      ttlSeconds,
    );
    const previous = this.#limits.perSubjectMax === 1 ? index.subjects.last(subjectId) : 0;
    index.add(segment, count, size, subjectId, headersSize > 0, time, ttlSeconds);
    index.lastSequence = sequence + count - 1;
    if (ttlSeconds !== 0) this.#expiry.onAppended(sequence, count, ttlSeconds);
    if (previous > 0) this.#removals.removeRecord(previous);
    if (this.#subjectLimit.isTracking) this.#subjectLimit.onAppended(subjectId, sequence);
    if (index.count > this.#limits.countMax || index.bytes > this.#limits.bytesMax) this.#enforce();
    if (this.#storage.commitsAtOnce) this.#commitAtOnce();
    return sequence;
  }

  /**
   * Runs `run`, whose appends belong together: they are in one commit, so that after a crash all of them are there or
   * none, and can be read all at once. `run` must not wait for anything.
   *
   * @param sizeBytes - Bytes of their records, for which memory is taken before the first one.
   * @returns False if there is not that much memory, and nothing was done.
   */
  appendTogether(sizeBytes: number, run: () => void): boolean {
    assert(!this.#isAppendingTogether, "appends that belong together do not nest");
    if (!this.#storage.prepare(sizeBytes)) return false;
    this.#isAppendingTogether = true;
    try {
      run();
    } finally {
      this.#isAppendingTogether = false;
      if (this.#storage.commitsAtOnce) this.#commitAtOnce();
    }
    return true;
  }

  /**
   * Gives the next `count` sequences to no message and returns the last: whoever was promised one gets one. They are used
   * up for good when `committedSequence` has reached it. No limit is applied, for nothing is added.
   */
  skip(timestampMs: number, count = 1): number {
    const { index } = this;
    const time = timestampMs < index.lastTimestampMs ? index.lastTimestampMs : timestampMs;
    for (let left = count; left > 0; left -= GAP_SIZE_MAX) {
      this.#skip(time, Math.min(left, GAP_SIZE_MAX));
    }
    // Where nothing was left, the first sequence is the one behind the gap.
    if (index.count === 0) {
      index.advanceFirst();
      this.#removals.onTrimmed();
    }
    if (this.#storage.commitsAtOnce) this.#commitAtOnce();
    return index.lastSequence;
  }

  #skip(time: number, count: number): void {
    const { index } = this;
    const size = MESSAGE_HEAD_SIZE;
    const sequence = index.lastSequence + 1;
    const { segmentSizeMax } = this.#storage;
    const segment = index.gapSegment(sequence, count, size, time, segmentSizeMax);
    this.#storage.appendGap(this, segment, sequence, count, time);
    segment.addGap(size, count, time);
    index.lastSequence = sequence + count - 1;
    index.lastTimestampMs = time;
  }

  /** Removes one message; false if there is none. The removal is durable with the next commit. */
  remove(sequence: number): boolean {
    return this.#removals.remove(sequence);
  }

  /** Removes every message below `sequence`; returns how many. `sequence` is at most `lastSequence + 1`. */
  removeBelow(sequence: number): number {
    const end = Math.min(sequence, this.lastSequence + 1);
    if (end <= this.firstSequence) return 0;
    const before = this.count;
    this.index.forgetBelow(end);
    this.#removals.onTrimmed();
    this.listener?.onTruncated();
    return before - this.count;
  }

  /** Removes the messages for which `matches` says so, but keeps the newest `keep`; returns how many. */
  removeMatching(matches: (subjectId: number) => boolean, below: number, keep: number): number {
    let left = Number.POSITIVE_INFINITY;
    if (keep > 0) {
      left = -keep;
      this.forEach(this.firstSequence, (_, subjectId) => {
        if (matches(subjectId)) left++;
      });
    }
    const end = Math.min(below, this.lastSequence + 1);
    let removed = 0;
    let sequence = this.nextMatching(this.firstSequence, matches);
    while (sequence < end && removed < left) {
      this.remove(sequence);
      removed++;
      sequence = this.nextMatching(sequence + 1, matches);
    }
    return removed;
  }

  /** Skips to `sequence` as the next one to be given: an empty log's first sequence. */
  skipTo(sequence: number): void {
    assert(this.count === 0, "only an empty log can skip sequences");
    if (sequence <= this.lastSequence) return;
    this.index.lastSequence = sequence - 1;
    this.index.forgetBelow(sequence);
    this.committedSequence = this.lastSequence;
    this.#removals.onTrimmed();
  }

  /** Removes what has expired, at most `max` messages; returns how many that were. */
  expire(nowMs: number, max: number = Number.POSITIVE_INFINITY): number {
    let removed = 0;
    while (removed < max) {
      const sequence = this.nextExpired(nowMs);
      if (sequence === 0) break;
      if (sequence === this.nextSequence(0)) this.#removals.removeOldest();
      else this.remove(sequence);
      removed++;
    }
    return removed;
  }

  /** A message that has expired and is still there; 0 if there is none. */
  nextExpired(nowMs: number): number {
    return this.#expiry.next(nowMs);
  }

  /** When the next message expires, in wall-clock milliseconds; `undefined` if none ever will. */
  get nextExpiryAtMs(): number | undefined {
    return this.#expiry.nextAtMs;
  }

  /** Entries held to know when messages end; for tests. */
  get expiringEntries(): number {
    return this.#expiry.size;
  }

  /** The lifetime that the message at `sequence` was appended with, 0 if there is none. */
  ttlOf(sequence: number): number {
    return this.index.ttlOf(sequence);
  }

  /** Points `view` at the record of `sequence`, if it can be read now. */
  read(sequence: number, view: RecordView): ReadResult {
    return this.#read(sequence, view, false);
  }

  /**
   * Like {@link read}, also of a message that was removed, as long as its record is there: for who has found it before
   * and waits for it. While it is not yet durable that a newer message has taken its place, it is the one to be seen.
   */
  readStored(sequence: number, view: RecordView): ReadResult {
    const result = this.#read(sequence, view, true);
    // What was erased, or never was one, is no message.
    const isNone = result === "ready" && (view.flags & (FLAG_ERASED | FLAG_GAP)) !== 0;
    return isNone ? "absent" : result;
  }

  #read(sequence: number, view: RecordView, isRemovedRead: boolean): ReadResult {
    const { damaged } = this.index;
    if (!damaged.isEmpty && damaged.has(sequence)) return "corrupt";
    if (!isRemovedRead && sequence < this.firstSequence) return "absent";
    const segment = this.index.storedSegmentOf(sequence);
    const entry = segment === undefined ? -1 : segment.indexOf(sequence);
    if (segment === undefined || entry < 0) return "absent";
    if (!isRemovedRead && segment.subjectAt(entry) === 0) return "absent";
    if (sequence > this.committedSequence) return "pending";
    const position = segment.positions[segment.headOf(entry)] as number;
    return this.#storage.read(segment, position, view) ? "ready" : "pending";
  }

  /** Brings the record of `sequence`, also of a removed message, into memory, waiting for its commit if need be, and calls `done`. */
  load(sequence: number, done: (error: Error | null) => void): void {
    const segment = this.index.storedSegmentOf(sequence);
    const entry = segment === undefined ? -1 : segment.indexOf(sequence);
    if (segment === undefined || entry < 0) {
      done(null);
      return;
    }
    if (sequence > this.committedSequence) {
      this.#storage.afterCommit(done);
      return;
    }
    const onDamaged = (index: number): void => this.markDamaged(segment.sequenceAt(index));
    this.#storage.load(segment, segment.headOf(entry), onDamaged, done);
  }

  /** The subject id of the message at `sequence`, 0 if there is none. */
  subjectIdOf(sequence: number): number {
    return this.index.subjectIdOf(sequence);
  }

  /** Whether the message at `sequence` has a header block. */
  hasHeaders(sequence: number): boolean {
    return this.index.hasHeaders(sequence);
  }

  /** Milliseconds since 1970 UTC, whole, of the message at `sequence`; 0 if nothing is known of it. */
  timeOf(sequence: number): number {
    return this.index.timeOf(sequence);
  }

  /** Bytes charged for the message at `sequence`. */
  chargeOf(sequence: number): number {
    return this.index.chargeOf(sequence);
  }

  /** The first message at or after `sequence`; `lastSequence + 1` if there is none. */
  nextSequence(sequence: number): number {
    return this.index.nextSequence(sequence);
  }

  /** The first message at or after `sequence` whose subject id `matches`; `lastSequence + 1` if there is none. */
  nextMatching(sequence: number, matches: (subjectId: number) => boolean): number {
    return this.index.nextMatching(sequence, matches);
  }

  /** The first message whose time is at or after `timeMs`; `lastSequence + 1` if there is none. */
  sequenceAtTime(timeMs: number): number {
    return this.index.sequenceAtTime(timeMs);
  }

  /** Calls `visit` for each message from `sequence` on, oldest first. */
  forEach(sequence: number, visit: (sequence: number, subjectId: number) => void): void {
    this.index.forEach(sequence, visit);
  }

  /** The sequences between first and last that have no message, in order, at most `max`. */
  absentSequences(max: number): number[] {
    const absent: number[] = [];
    let expected = this.firstSequence;
    while (absent.length < max && expected <= this.lastSequence) {
      const sequence = this.nextSequence(expected);
      while (expected < sequence && absent.length < max) absent.push(expected++);
      expected = sequence + 1;
    }
    return absent;
  }

  // What follows is for the storage and the store.

  onRunCommitted(
    segment: Segment,
    position: number,
    source: Buffer,
    start: number,
    end: number,
    lastSequence: number,
  ): void {
    if (this.isDeleted) return;
    if (!segment.isDropped) this.#storage.keep(segment, position, source, start, end);
    // An emptied log may have skipped ahead of what was under way.
    this.committedSequence = Math.max(this.committedSequence, lastSequence);
    this.#isCommitPending = this.reportsCommits;
  }

  onCommitted(): void {
    if (!this.#isCommitPending) return;
    this.#isCommitPending = false;
    this.listener?.onCommitted();
  }

  /** What changed beside the messages since the last call: for the record of a commit. */
  takeChanges(): RemovalChanges {
    return this.#removals.take();
  }

  /** Removes every message that shares its record with the one at `sequence`. */
  removeRecord(sequence: number): boolean {
    if (this.subjectIdOf(sequence) === 0) return false;
    this.#removals.removeRecord(sequence);
    return true;
  }

  /** Notes that the record of a message does not check out. */
  markDamaged(sequence: number): void {
    const segment = this.index.segmentOf(sequence);
    if (segment === undefined || this.subjectIdOf(sequence) === 0) return;
    segment.isDamaged = true;
    if (this.index.damaged.has(sequence)) return;
    this.index.damaged.add(sequence, sequence + 1);
    this.listener?.onDamaged(sequence);
  }

  /** Makes what was appended readable, unless more belongs to it. */
  #commitAtOnce(): void {
    if (this.#isAppendingTogether) return;
    this.committedSequence = this.index.lastSequence;
    if (this.reportsCommits) this.listener?.onCommitted();
  }

  #enforce(): void {
    const { countMax, bytesMax } = this.#limits;
    while (this.count > 0 && (this.count > countMax || this.bytes > bytesMax)) {
      this.#removals.removeOldest();
    }
  }
}
