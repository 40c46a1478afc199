import { TTL_NEVER } from "./record.ts";
import { GAP_ENTRIES_MAX, Segment } from "./segment/segment.ts";
import { SequenceRanges } from "./sequence-ranges.ts";
import { SubjectTable } from "./subject-table.ts";

/**
 * What a log knows of its messages without reading them: segments, subjects, counts. Owned by one {@link Log}; the
 * recovery fills it before anybody else sees the log.
 *
 * Every sequence from `firstSequence` to `lastSequence` lies in a segment, or is damaged.
 */
export class LogIndex {
  readonly subjects: SubjectTable = new SubjectTable((id, below) => this.#lastBefore(below, id));
  /** Sequences that should be there and cannot be read. */
  readonly damaged: SequenceRanges = new SequenceRanges();
  /** Oldest first. */
  readonly segments: Segment[] = [];
  firstSequence = 1;
  lastSequence = 0;
  count = 0;
  bytes = 0;
  /** Of all messages that were ever added one by one, those that are gone included. */
  addedBytes = 0;
  lastTimestampMs = 0;
  /** Messages that end at a time of their own. */
  expiringCount = 0;
  readonly #onDropped: (segment: Segment) => void;

  /** `onDropped` is told of a segment that has left the log because it has no message any more. */
  constructor(onDropped: (segment: Segment) => void) {
    this.#onDropped = onDropped;
  }

  /** The segment that stands for `sequence`. */
  segmentOf(sequence: number): Segment | undefined {
    return sequence < this.firstSequence ? undefined : this.storedSegmentOf(sequence);
  }

  /** The same, also for a sequence below the first, as long as its segment is there. */
  storedSegmentOf(sequence: number): Segment | undefined {
    const segments = this.segments;
    const last = segments[segments.length - 1];
    if (last === undefined || sequence >= last.sequenceEnd) return undefined;
    if (sequence >= last.base) return last;
    const segment = segments[this.#segmentIndex(sequence)];
    return segment !== undefined && sequence >= segment.base ? segment : undefined;
  }

  /** The segment that an append of `sequence` goes to: the last one, or a new one. */
  activeSegment(sequence: number, size: number, timeMs: number, sizeMax: number): Segment {
    const last = this.segments[this.segments.length - 1];
    if (
      last !== undefined &&
      !last.sealed &&
      !last.isDamaged &&
      !last.isSparse &&
      !last.isExposed &&
      last.sequenceEnd === sequence &&
      last.hasRoom(size, timeMs, sizeMax)
    ) {
      return last;
    }
    const segment = new Segment(sequence);
    this.segments.push(segment);
    return segment;
  }

  /** The segment that the record of a gap of `count` sequences goes to: one of its own where it is a wide one. */
  gapSegment(
    sequence: number,
    count: number,
    size: number,
    timeMs: number,
    sizeMax: number,
  ): Segment {
    if (count <= GAP_ENTRIES_MAX) return this.activeSegment(sequence, size, timeMs, sizeMax);
    const segment = new Segment(sequence);
    this.segments.push(segment);
    return segment;
  }

  /** Adds the message of `count` sequences whose record of `size` bytes goes to the end of `segment`. */
  add(
    segment: Segment,
    count: number,
    size: number,
    subjectId: number,
    hasHeaders: boolean,
    timeMs: number,
    ttlSeconds: number,
  ): void {
    const sequence = segment.sequenceEnd;
    segment.add(size, count, subjectId, hasHeaders, timeMs, ttlSeconds);
    for (let i = 0; i < count; i++) this.subjects.added(subjectId, sequence + i);
    this.count += count;
    if (ends(ttlSeconds)) this.expiringCount += count;
    const bytes = segment.chargeAt(segment.length - count);
    this.bytes += bytes;
    this.addedBytes += bytes;
    this.lastTimestampMs = timeMs;
  }

  /** Adds all messages of a segment that has its index. */
  addSegment(segment: Segment): void {
    this.segments.push(segment);
    for (let i = segment.nextLive(0); i < segment.length; i = segment.nextLive(i + 1)) {
      this.subjects.added(segment.subjectAt(i), segment.sequenceAt(i));
      this.bytes += segment.chargeAt(i);
      if (ends(segment.ttlAt(i))) this.expiringCount++;
    }
    this.count += segment.liveCount;
    if (segment.length > 0) this.lastTimestampMs = segment.timeAt(segment.length - 1);
  }

  /** Takes the message of an entry out of every count; returns the id of its subject. */
  forget(segment: Segment, index: number): number {
    const subjectId = segment.subjectAt(index);
    const sequence = segment.sequenceAt(index);
    this.bytes -= segment.chargeAt(index);
    this.count--;
    if (ends(segment.ttlAt(index))) this.expiringCount--;
    segment.remove(index);
    if (!this.damaged.isEmpty) this.damaged.remove(sequence, sequence + 1);
    if (this.subjects.removed(subjectId, sequence) === 0) this.subjects.release(subjectId);
    return subjectId;
  }

  /** Takes every message below `end` out of every count, and moves `firstSequence` there or beyond. */
  forgetBelow(end: number): void {
    for (const segment of this.segments) {
      if (segment.base >= end) break;
      const to = segment.indexFrom(end);
      for (let i = segment.nextLive(0); i < to; i = segment.nextLive(i + 1)) {
        this.forget(segment, i);
      }
    }
    this.firstSequence = Math.max(this.firstSequence, end);
    this.advanceFirst();
  }

  /** Moves `firstSequence` to the first message, readable or not, and drops the segments that have none any more. */
  advanceFirst(): void {
    this.damaged.remove(0, this.firstSequence);
    for (;;) {
      const segment = this.segments[0];
      const damaged = this.damaged.next(this.firstSequence);
      if (segment === undefined) {
        this.firstSequence = Math.min(damaged, this.lastSequence + 1);
        return;
      }
      const index = segment.nextLive(segment.indexFrom(this.firstSequence));
      if (index < segment.length || damaged < segment.sequenceEnd) {
        const live = index < segment.length ? segment.sequenceAt(index) : damaged;
        this.firstSequence = Math.min(live, damaged);
        return;
      }
      this.segments.shift();
      this.firstSequence = Math.max(this.firstSequence, segment.sequenceEnd);
      segment.isDropped = true;
      this.#onDropped(segment);
    }
  }

  /** Puts a segment in the place of the neighbours it was made from; false if none of them is left. */
  replace(group: readonly Segment[], replacement: Segment): boolean {
    const left = group.filter((segment) => !segment.isDropped);
    if (left.length === 0) return false;
    this.segments.splice(this.segments.indexOf(left[0] as Segment), left.length, replacement);
    for (const segment of left) segment.isDropped = true;
    return true;
  }

  /** The subject id of the message at `sequence`, 0 if there is none. */
  subjectIdOf(sequence: number): number {
    const segment = this.segmentOf(sequence);
    const entry = segment === undefined ? -1 : segment.indexOf(sequence);
    return segment === undefined || entry < 0 ? 0 : segment.subjectAt(entry);
  }

  /** Whether the message at `sequence` has a header block. */
  hasHeaders(sequence: number): boolean {
    const segment = this.segmentOf(sequence);
    const entry = segment === undefined ? -1 : segment.indexOf(sequence);
    return segment !== undefined && entry >= 0 && segment.hasHeadersAt(entry);
  }

  /** Milliseconds since 1970 UTC, whole, of the message at `sequence`; 0 if nothing is known of it. */
  timeOf(sequence: number): number {
    const segment = this.segmentOf(sequence);
    const entry = segment === undefined ? -1 : segment.indexOf(sequence);
    return segment === undefined || entry < 0 ? 0 : segment.timeAt(entry);
  }

  /** Bytes charged for the message at `sequence`. */
  chargeOf(sequence: number): number {
    const segment = this.segmentOf(sequence);
    const entry = segment === undefined ? -1 : segment.indexOf(sequence);
    return segment === undefined || entry < 0 ? 0 : segment.chargeAt(entry);
  }

  /** The lifetime that the message at `sequence` was appended with, 0 if there is none. */
  ttlOf(sequence: number): number {
    const segment = this.segmentOf(sequence);
    const entry = segment === undefined ? -1 : segment.indexOf(sequence);
    return segment === undefined || entry < 0 ? 0 : segment.ttlAt(entry);
  }

  /** The first message at or after `sequence`; `lastSequence + 1` if there is none. */
  nextSequence(sequence: number): number {
    return this.nextMatching(sequence, () => true);
  }

  /** The first message at or after `sequence` whose subject id `matches`; `lastSequence + 1` if there is none. */
  nextMatching(sequence: number, matches: (subjectId: number) => boolean): number {
    const from = Math.max(sequence, this.firstSequence);
    for (let i = this.#segmentIndex(from); i < this.segments.length; i++) {
      const segment = this.segments[i] as Segment;
      let index = segment.nextLive(segment.indexFrom(from));
      while (index < segment.length) {
        if (matches(segment.subjectAt(index))) return segment.sequenceAt(index);
        index = segment.nextLive(index + 1);
      }
    }
    return this.lastSequence + 1;
  }

  /** The first message whose time is at or after `timeMs`; `lastSequence + 1` if there is none. */
  sequenceAtTime(timeMs: number): number {
    for (const segment of this.segments) {
      const index = segment.indexAtTime(timeMs);
      if (index < segment.length) return this.nextSequence(segment.sequenceAt(index));
    }
    return this.lastSequence + 1;
  }

  /** Calls `visit` for each message from `sequence` on, oldest first. */
  forEach(sequence: number, visit: (sequence: number, subjectId: number) => void): void {
    const from = Math.max(sequence, this.firstSequence);
    for (let i = this.#segmentIndex(from); i < this.segments.length; i++) {
      const segment = this.segments[i] as Segment;
      let index = segment.nextLive(segment.indexFrom(from));
      for (; index < segment.length; index = segment.nextLive(index + 1)) {
        visit(segment.sequenceAt(index), segment.subjectAt(index));
      }
    }
  }

  /** The newest message of a subject below `sequence`; 0 if there is none. */
  #lastBefore(sequence: number, subjectId: number): number {
    const newest = Math.min(this.#segmentIndex(sequence), this.segments.length - 1);
    for (let i = newest; i >= 0; i--) {
      const segment = this.segments[i] as Segment;
      for (let index = segment.indexFrom(sequence) - 1; index >= 0; index--) {
        if (segment.subjectAt(index) === subjectId) return segment.sequenceAt(index);
      }
    }
    return 0;
  }

  /** Index of the first segment that ends after `sequence`. */
  #segmentIndex(sequence: number): number {
    let low = 0;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.segments[middle] as Segment).sequenceEnd <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Whether a message of that lifetime goes by itself. */
function ends(ttlSeconds: number): boolean {
  return ttlSeconds !== 0 && ttlSeconds !== TTL_NEVER;
}
