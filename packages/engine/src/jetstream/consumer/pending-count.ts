import type { Log } from "@oxbow/log";
import type { SubjectFilter } from "../stream/subject-search.ts";
import type { ConsumerProgress } from "./consumer-progress.ts";

/**
 * How many messages are durable, match, and are still to be delivered for the first time: exact at every moment, and
 * kept so by what happens to the messages rather than by counting them.
 */
export class PendingCount {
  value = 0;
  readonly #log: Log;
  readonly #progress: ConsumerProgress;
  #filter: SubjectFilter;
  /** Messages up to here are counted, or were delivered. */
  #countedSequence = 0;

  constructor(log: Log, progress: ConsumerProgress, filter: SubjectFilter) {
    this.#log = log;
    this.#progress = progress;
    this.#filter = filter;
  }

  set filter(filter: SubjectFilter) {
    this.#filter = filter;
    this.recount();
  }

  /** Counts anew, from the index. */
  recount(): void {
    const log = this.#log;
    const { matches, isAll } = this.#filter;
    const { skips, awaitedFrom: from } = this.#progress;
    let count = skips.countOf((sequence) => log.subjectIdOf(sequence) !== 0);
    if (isAll && from <= log.firstSequence && log.committedSequence === log.lastSequence) {
      count += log.count;
    } else {
      log.forEach(from, (sequence, subjectId) => {
        if (sequence <= log.committedSequence && (isAll || matches(subjectId))) count++;
      });
    }
    this.value = count;
    this.#countedSequence = log.committedSequence;
  }

  /** Counts what was committed since the last time; false if none of it matches. */
  onCommitted(): boolean {
    const before = this.value;
    const log = this.#log;
    const { matches, isAll } = this.#filter;
    const from = Math.max(this.#countedSequence + 1, this.#progress.awaitedFrom);
    for (let sequence = from; sequence <= log.committedSequence; sequence++) {
      const subjectId = log.subjectIdOf(sequence);
      if (subjectId !== 0 && (isAll || matches(subjectId))) this.value++;
    }
    this.#countedSequence = log.committedSequence;
    return this.value > before;
  }

  /** A message that was still to be delivered, if it matches, has gone or is passed over. */
  lost(sequence: number, subjectId: number): void {
    const isCounted = sequence <= this.#countedSequence || this.#progress.skips.has(sequence);
    if (isCounted && this.#filter.matches(subjectId)) this.value--;
  }
}
