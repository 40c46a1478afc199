import type { Block } from "../block.ts";
import { LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";
import type { LogStorage } from "../log-storage.ts";
import { FLAG_GAP, type RecordView } from "../record.ts";
import type { Segment } from "../segment/segment.ts";
import { SequenceRanges } from "../sequence-ranges.ts";

/** What lies behind the first unreadable bytes of a log's newest segment file. */
export interface Remainder {
  /** Adds the entries of what can still be read, up to but without sequence `end`. */
  salvage(end: number): void;
  /** Lets go of what was not needed. */
  close(): Promise<void>;
}

/**
 * Rebuilds a log from its segment files and from what the journal says, in commit order. Both tell the same story; an
 * entry that is there already is not added again.
 *
 * Between two calls every sequence that the calls so far have spoken of has an entry, was removed, lies below
 * `firstSequence`, or will come out as damaged in {@link finish}.
 */
export class LogRestoration {
  readonly log: Log;
  /** What the newest segment file may still hold; taken up when the journal turns out not to have it. */
  remainder: Remainder | undefined;
  /** Segments that turned out to hold nothing: to be closed by the caller of {@link finish}. */
  readonly unused: Segment[] = [];
  readonly #storage: LogStorage;
  /** Removed sequences that had no entry when that was heard of. */
  readonly #removed = new SequenceRanges();
  /** Sequences whose entries stand for bytes that could not be read. */
  readonly #holes = new SequenceRanges();

  constructor(log: Log, storage: LogStorage) {
    this.log = log;
    this.#storage = storage;
  }

  /** The sequence after the last one that has an entry, or needs none. */
  get sequenceEnd(): number {
    const { segments, firstSequence } = this.log.index;
    return Math.max(segments.at(-1)?.sequenceEnd ?? 0, firstSequence);
  }

  /** Takes a segment, with the index from its file or to be filled by {@link addEntry}. */
  addSegment(segment: Segment): void {
    this.log.index.addSegment(segment);
  }

  /** Adds the entry of a message found in `segment`'s own file at `position`, behind what could not be read. */
  addEntry(segment: Segment, position: number, block: Block, view: RecordView): void {
    view.set(block, position);
    this.addHole(segment, view.sequence);
    segment.end = position;
    this.#add(segment, view, position);
    segment.fileEnd = segment.end;
  }

  /** Notes that the file of `segment` should go on up to sequence `end`, and does not. */
  addHole(segment: Segment, end: number): void {
    if (end <= segment.sequenceEnd) return;
    this.#holes.add(segment.sequenceEnd, end);
    segment.isDamaged = true;
    const count = end - segment.sequenceEnd;
    // So many cannot have been in the file; the sequences between two files need no entries.
    if (count <= LIMITS.segmentEntriesMax) segment.addAbsent(count);
  }

  /** Notes that nothing can be read of the sequences `[start, end)`. */
  addDamaged(start: number, end: number): void {
    this.#holes.add(start, end);
  }

  /** Adds a message from the journal, unless it is there or was trimmed. */
  addMessage(block: Block, position: number, view: RecordView): void {
    view.set(block, position);
    const { index } = this.log;
    const { sequence } = view;
    if (sequence < this.sequenceEnd) return;
    this.#require(sequence);
    const size = view.bodyEnd - position;
    const timeMs = Math.max(index.lastTimestampMs, view.timestampMs);
    const { segmentSizeMax } = this.#storage;
    const segment = isGap(view)
      ? index.gapSegment(sequence, view.sequenceCount, size, timeMs, segmentSizeMax)
      : index.activeSegment(sequence, size, timeMs, segmentSizeMax);
    this.#storage.keep(segment, segment.end, block.bytes, position, position + size);
    this.#add(segment, view, position);
  }

  /** Takes what the journal says about both ends; they only ever move up. */
  setBounds(first: number, last: number, lastTimestampMs: number): void {
    const { index } = this.log;
    index.firstSequence = Math.max(index.firstSequence, first);
    index.lastSequence = Math.max(index.lastSequence, last);
    index.lastTimestampMs = Math.max(index.lastTimestampMs, lastTimestampMs);
    this.#require(last + 1);
  }

  /**
   * Takes a removal that a tombstone file holds. The file may speak of messages that only the journal has, so nothing
   * is made of it before the end.
   */
  noteRemoved(sequence: number): void {
    this.#removed.add(sequence, sequence + 1);
  }

  /** Applies a removal that the journal holds; returns the segment it concerns. */
  remove(sequence: number): Segment | undefined {
    this.#require(sequence + 1);
    const { index } = this.log;
    const segment = index.segmentOf(sequence);
    const entry = segment === undefined ? -1 : segment.indexOf(sequence);
    if (segment === undefined || entry < 0 || segment.subjectAt(entry) === 0) {
      this.#removed.add(sequence, sequence + 1);
    } else {
      index.forget(segment, entry);
    }
    return segment;
  }

  /** Ends the restoration: whatever is neither readable nor removed is damaged. Returns what is. */
  finish(): SequenceRanges {
    const { index } = this.log;
    const { damaged, firstSequence, segments } = index;
    for (let last = segments.at(-1); last?.length === 0; last = segments.at(-1)) {
      this.unused.push(last);
      segments.pop();
    }
    for (const { start, end } of this.#holes.ranges) damaged.add(start, end);
    let expected = firstSequence;
    for (const segment of segments) {
      damaged.add(expected, segment.base);
      expected = Math.max(expected, segment.sequenceEnd);
    }
    index.lastSequence = Math.max(index.lastSequence, expected - 1);
    damaged.add(expected, index.lastSequence + 1);
    damaged.remove(0, firstSequence);
    for (const { start, end } of this.#removed.ranges) {
      damaged.remove(start, end);
      this.#forget(start, end);
    }
    index.forgetBelow(firstSequence);
    this.log.committedSequence = index.lastSequence;
    return damaged;
  }

  /** Takes the messages of `[start, end)` out of the index. */
  #forget(start: number, end: number): void {
    const { index } = this.log;
    for (let sequence = start; sequence < end; sequence++) {
      const segment = index.segmentOf(sequence);
      const entry = segment === undefined ? -1 : segment.indexOf(sequence);
      if (segment === undefined || entry < 0 || segment.subjectAt(entry) === 0) continue;
      index.forget(segment, entry);
    }
  }

  /**
   * Sees to it that the sequences below `end` have entries as far as anything can be read of them. If something is
   * missing then, the newest file is to stay as it is: nothing may be written over what is there.
   */
  #require(end: number): void {
    if (this.sequenceEnd >= end) return;
    this.remainder?.salvage(end);
    const last = this.log.segments.at(-1);
    if (last !== undefined && this.sequenceEnd < end) last.isDamaged = true;
  }

  #add(segment: Segment, view: RecordView, position: number): void {
    const { index } = this.log;
    if (isGap(view)) {
      const timeMs = Math.max(index.lastTimestampMs, view.timestampMs);
      segment.addGap(view.bodyEnd - position, view.sequenceCount, timeMs);
      index.lastTimestampMs = timeMs;
      return;
    }
    const subjectId = index.subjects.intern(view.bytes, view.subjectStart, view.subjectEnd);
    const timeMs = Math.max(index.lastTimestampMs, view.timestampMs);
    const size = view.bodyEnd - position;
    const { sequenceCount, headersSize, ttlSeconds } = view;
    index.add(segment, sequenceCount, size, subjectId, headersSize > 0, timeMs, ttlSeconds);
  }
}

/** Whether the record stands for sequences that no message has. */
function isGap({ flags }: RecordView): boolean {
  return (flags & FLAG_GAP) !== 0;
}
