import type { LogIndex } from "./log-index.ts";
import type { LogRemovals } from "./log-removals.ts";
import { SubjectQueues } from "./subject-queues.ts";

/**
 * The limit on the messages of one subject. Where it is 1, the log itself replaces the message before; where it is more,
 * the sequences of each subject are kept in order.
 */
export class SubjectLimit {
  readonly #index: LogIndex;
  readonly #removals: LogRemovals;
  #max: number = Number.POSITIVE_INFINITY;
  #queues: SubjectQueues | undefined;

  constructor(index: LogIndex, removals: LogRemovals) {
    this.#index = index;
    this.#removals = removals;
  }

  /** Whether {@link onAppended} wants to be told. */
  get isTracking(): boolean {
    return this.#queues !== undefined;
  }

  /** Replaces the limit and applies it. */
  set(max: number): void {
    this.#max = max;
    if (max <= 1 || max === Infinity) this.#queues = undefined;
    else this.#queues ??= this.#buildQueues();
    if (max < Infinity) this.#enforce();
  }

  /** Makes room for the message that was appended. */
  onAppended(subjectId: number, sequence: number): void {
    const queues = this.#queues;
    if (queues === undefined) return;
    const { subjects } = this.#index;
    queues.push(subjectId, sequence, subjects.count(subjectId));
    while (subjects.count(subjectId) > this.#max) {
      const oldest = queues.shift(subjectId);
      if (oldest === 0) return;
      this.#removals.removeRecord(oldest);
      // A batch larger than the limit takes itself out.
      if (oldest === sequence) return;
    }
  }

  /** A message of the subject is gone. */
  onRemoved(subjectId: number): void {
    if (this.#index.subjects.count(subjectId) === 0) this.#queues?.delete(subjectId);
  }

  #enforce(): void {
    const { subjects } = this.#index;
    const excess = new Map<number, number>();
    for (let id = 1; id < subjects.idEnd; id++) {
      const count = subjects.count(id);
      if (count > this.#max) excess.set(id, count - this.#max);
    }
    if (excess.size === 0) return;
    const doomed: number[] = [];
    this.#index.forEach(this.#index.firstSequence, (sequence, subjectId) => {
      const left = excess.get(subjectId) ?? 0;
      if (left > 0) {
        excess.set(subjectId, left - 1);
        doomed.push(sequence);
      }
    });
    for (const sequence of doomed) this.#removals.remove(sequence);
  }

  #buildQueues(): SubjectQueues {
    const queues = new SubjectQueues((sequence, id) => this.#index.subjectIdOf(sequence) === id);
    this.#index.forEach(this.#index.firstSequence, (sequence, subjectId) => {
      queues.push(subjectId, sequence, Number.POSITIVE_INFINITY);
    });
    return queues;
  }
}
