import type { Log } from "@oxbow/log";
import { hasWildcard, subjectIsSubset } from "../../subjects/subject.ts";

/**
 * Which of a log's messages a set of subjects means: the answer for each subject id is computed once and remembered.
 * No filters at all mean every message.
 */
export class SubjectFilter {
  /** As the log's table gives subjects: one character for each byte. */
  readonly #filters: readonly string[];
  readonly #log: Log;
  #answers = new Uint8Array(64);
  #epoch: number;

  constructor(log: Log, filters: readonly string[]) {
    this.#log = log;
    this.#filters = filters.includes(">")
      ? []
      : filters.map((filter) => Buffer.from(filter).toString("latin1"));
    this.#epoch = log.subjects.epoch;
  }

  /** Whether every message matches. */
  get isAll(): boolean {
    return this.#filters.length === 0;
  }

  /** Whether messages of that subject id match. */
  readonly matches = (subjectId: number): boolean => {
    if (this.#filters.length === 0) return true;
    if (this.#epoch !== this.#log.subjects.epoch) this.#forget();
    if (subjectId >= this.#answers.length) this.#grow(subjectId);
    const answer = this.#answers[subjectId];
    return answer === 0 ? this.#decide(subjectId) : answer === 1;
  };

  /** Whether messages of that subject match, given as the log's table gives it. For subjects that have no id. */
  matchesSubject(subject: string): boolean {
    return (
      this.#filters.length === 0 || this.#filters.some((filter) => subjectIsSubset(subject, filter))
    );
  }

  #decide(subjectId: number): boolean {
    const isMatch = this.matchesSubject(this.#log.subjects.byteString(subjectId));
    this.#answers[subjectId] = isMatch ? 1 : 2;
    return isMatch;
  }

  #forget(): void {
    this.#epoch = this.#log.subjects.epoch;
    this.#answers.fill(0);
  }

  #grow(subjectId: number): void {
    const grown = new Uint8Array(Math.max(this.#answers.length * 2, subjectId + 1));
    grown.set(this.#answers);
    this.#answers = grown;
  }
}

/** The last sequence of the messages that `filter`, a subject with or without wildcards, means; 0 if there are none. */
export function lastSequenceOf(log: Log, filter: string): number {
  if (!hasWildcard(filter)) {
    const bytes = Buffer.from(filter);
    return log.subjects.last(log.subjects.find(bytes, 0, bytes.length));
  }
  let last = 0;
  eachSubject(log, [filter], (id) => {
    last = Math.max(last, log.subjects.last(id));
  });
  return last;
}

/** The last sequence at or below `end` of each subject that `filters` mean, ascending. */
export function lastSequences(
  log: Log,
  filters: readonly string[],
  end: number = log.lastSequence,
): number[] {
  const lasts = new Map<number, number>();
  let isBeyond = false;
  eachSubject(log, filters, (id) => {
    const last = log.subjects.last(id);
    lasts.set(id, last);
    if (last > end) isBeyond = true;
  });
  if (isBeyond) {
    const { matches } = new SubjectFilter(log, filters);
    lasts.clear();
    log.forEach(log.firstSequence, (sequence, id) => {
      if (sequence <= end && matches(id)) lasts.set(id, sequence);
    });
  }
  return [...lasts.values()].sort((a, b) => a - b);
}

/** How many messages there are of each subject that `filter` means. */
export function subjectCounts(log: Log, filter: string): Map<string, number> {
  const counts = new Map<string, number>();
  eachSubject(log, [filter], (id) => {
    counts.set(log.subjects.name(id), log.subjects.count(id));
  });
  return counts;
}

/** Calls `visit` with the id of each subject that has messages and that `filters` mean. */
function eachSubject(log: Log, filters: readonly string[], visit: (id: number) => void): void {
  const { matches } = new SubjectFilter(log, filters);
  for (let id = 1; id < log.subjects.idEnd; id++) {
    if (log.subjects.count(id) > 0 && matches(id)) visit(id);
  }
}
