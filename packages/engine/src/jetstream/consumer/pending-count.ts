import type { Log } from "@oxbow/log";
import type { SubjectFilter } from "../stream/subject-search.ts";
import type { ConsumerProgress } from "./consumer-progress.ts";

/**
 * How many messages match and are still to be delivered for the first time: exact at every moment, and kept so by what
 * happens to the messages rather than by counting them. Messages are counted when they are committed, or before, when
 * somebody asks: who has published something finds it counted, durable or not.
 */
export class PendingCount {
  /** As of the last time that it was {@link current}. */
  value = 0;
  readonly #log: Log;
  readonly #progress: ConsumerProgress;
  #filter: SubjectFilter;
  /** Messages up to here are counted, or were delivered. */
  #countedSequence = 0;
  #lastSequence = 0;
  /** Whether a message was counted that was not committed then. */
  #isAhead = false;

  constructor(log: Log, progress: ConsumerProgress, filter: SubjectFilter) {
    this.#log = log;
    this.#progress = progress;
    this.#filter = filter;
  }

  set filter(filter: SubjectFilter) {
    this.#filter = filter;
    this.recount();
  }

  /** The count, with everything that the log has by now. */
  get current(): number {
    if (this.#countedSequence < this.#log.lastSequence) {
      this.#countUpTo(this.#log.lastSequence);
      this.#isAhead = true;
    }
    return this.value;
  }

  /** The last message that was counted, whatever has become of it; may be any before the first one. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** Counts anew, from the index. */
  recount(): void {
    const log = this.#log;
    const { matches, isAll } = this.#filter;
    const { skips, awaitedFrom: from } = this.#progress;
    let count = skips.countOf((sequence) => log.subjectIdOf(sequence) !== 0);
    if (isAll && from <= log.firstSequence) {
      count += log.count;
    } else {
      log.forEach(from, (_, subjectId) => {
        if (isAll || matches(subjectId)) count++;
      });
    }
    this.value = count;
    this.#countedSequence = log.lastSequence;
    this.#lastSequence = log.lastSequence;
    this.#isAhead = log.committedSequence < log.lastSequence;
  }

  /** Counts what was committed since the last time; false if none of it matches. */
  onCommitted(): boolean {
    const before = this.value;
    const wasAhead = this.#isAhead;
    const { committedSequence } = this.#log;
    this.#countUpTo(committedSequence);
    this.#isAhead = committedSequence < this.#countedSequence;
    return wasAhead || this.value > before;
  }

  /** A message that was still to be delivered, if it matches, has gone or is passed over. */
  lost(sequence: number, subjectId: number): void {
    const isCounted = sequence <= this.#countedSequence || this.#progress.skips.has(sequence);
    if (isCounted && this.#filter.matches(subjectId)) this.value--;
  }

  #countUpTo(end: number): void {
    const log = this.#log;
    const { matches, isAll } = this.#filter;
    const from = Math.max(this.#countedSequence + 1, this.#progress.awaitedFrom);
    for (let sequence = from; sequence <= end; sequence++) {
      const subjectId = log.subjectIdOf(sequence);
      if (subjectId === 0 || !(isAll || matches(subjectId))) continue;
      this.value++;
      this.#lastSequence = sequence;
    }
    this.#countedSequence = Math.max(this.#countedSequence, end);
  }
}
