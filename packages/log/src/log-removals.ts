import type { LogIndex } from "./log-index.ts";
import type { Segment } from "./segment/segment.ts";

/** Hears of what is removed from a log. */
export interface RemovalListener {
  /** There is something to take, for the first time since it was taken. */
  onTouched(): void;
  /** The segment has lost a message, and has others. */
  onThinned(segment: Segment): void;
  /** One message is gone. */
  onRemoved(sequence: number, subjectId: number): void;
}

/** What was removed since the last commit was begun. */
export interface RemovalChanges {
  /** Between others, in the order of their removal. */
  readonly removals: number[];
  /** Whether messages at the beginning are gone. */
  readonly isTrimmed: boolean;
}

/** Removes messages of a log, one by one, and remembers what the next commit has to say of it. */
export class LogRemovals {
  readonly #index: LogIndex;
  /** Whether a commit wants to know what was removed between others. */
  readonly #listsRemovals: boolean;
  readonly #listener: RemovalListener;
  #removals: number[] = [];
  #isTrimmed = false;
  #isDirty = false;

  constructor(index: LogIndex, listsRemovals: boolean, listener: RemovalListener) {
    this.#index = index;
    this.#listsRemovals = listsRemovals;
    this.#listener = listener;
  }

  /** Removes one message; false if there is none. */
  remove(sequence: number): boolean {
    const segment = this.#index.segmentOf(sequence);
    const entry = segment === undefined ? -1 : segment.indexOf(sequence);
    if (segment === undefined || entry < 0 || segment.subjectAt(entry) === 0) return false;
    this.#removeEntry(segment, entry);
    return true;
  }

  /** Removes every message that shares its record with the one at `sequence`, which is there. */
  removeRecord(sequence: number): void {
    const segment = this.#index.segmentOf(sequence) as Segment;
    const head = segment.headOf(segment.indexOf(sequence));
    const end = segment.recordEnd(head);
    for (let entry = head; entry < end; entry++) {
      if (segment.subjectAt(entry) !== 0) this.#removeEntry(segment, entry);
    }
  }

  /** Removes the oldest message, and gives up the damaged ones before it. */
  removeOldest(): void {
    const index = this.#index;
    const sequence = index.nextSequence(0);
    if (sequence > index.firstSequence) {
      index.forgetBelow(sequence);
      this.#isTrimmed = true;
    }
    this.remove(sequence);
  }

  /** The first sequence has moved without a message being removed here. */
  onTrimmed(): void {
    this.#isTrimmed = true;
    this.#touch();
  }

  /** What there is to say since the last call. */
  take(): RemovalChanges {
    const changes = { removals: this.#removals, isTrimmed: this.#isTrimmed };
    this.#removals = [];
    this.#isTrimmed = false;
    this.#isDirty = false;
    return changes;
  }

  /** A removal at the beginning moves the first sequence; one between others needs a tombstone. */
  #removeEntry(segment: Segment, entry: number): void {
    const index = this.#index;
    const sequence = segment.sequenceAt(entry);
    const subjectId = index.forget(segment, entry);
    if (sequence === index.firstSequence) {
      index.advanceFirst();
      this.#isTrimmed = true;
    } else if (this.#listsRemovals) {
      this.#removals.push(sequence);
      segment.hasUnsavedRemovals = true;
    }
    if (!segment.isDropped) this.#listener.onThinned(segment);
    this.#touch();
    this.#listener.onRemoved(sequence, subjectId);
  }

  #touch(): void {
    if (this.#isDirty) return;
    this.#isDirty = true;
    this.#listener.onTouched();
  }
}
