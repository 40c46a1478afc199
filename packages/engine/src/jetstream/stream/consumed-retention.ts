import type { Clock } from "@oxbow/base";
import type { Log } from "@oxbow/log";
import { SubjectFilter } from "./subject-search.ts";

/** Messages a review looks at before others get their turn. */
const REVIEWED_PER_TURN_MAX = 16_384;

/** A consumer, as far as it keeps messages in a stream. */
export interface KeepingConsumer {
  /** The subjects it wants; none at all mean every one. */
  readonly filters: readonly string[];
  /** Whether the message is still to be delivered to it, or acknowledged by it. */
  needs(sequence: number, subjectId: number): boolean;
}

/**
 * Retention `interest` and `workqueue`: a message stays for as long as a consumer needs it. Nothing is counted for each
 * message: when a consumer is done with one, the others are asked, and if none needs it, it is removed in the commit
 * that holds the acknowledgement, so that no crash can come between the two.
 *
 * With `interest` a message that nobody wants is not stored at all, and what loses its last interested consumer goes.
 */
export class ConsumedRetention {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #consumers: ReadonlyMap<string, KeepingConsumer>;
  readonly #isInterest: boolean;
  /** What any consumer wants; made anew when that is asked for the first time after a change. */
  #wanted: SubjectFilter | undefined;
  /** Where the review that is under way goes on; 0 if there is none. */
  #reviewFrom = 0;
  #isClosed = false;

  constructor(
    log: Log,
    clock: Clock,
    consumers: ReadonlyMap<string, KeepingConsumer>,
    retention: "interest" | "workqueue",
  ) {
    this.#log = log;
    this.#clock = clock;
    this.#consumers = consumers;
    this.#isInterest = retention === "interest";
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Whether a message that comes on this subject now is to be stored. */
  isWanted(subject: Buffer, start: number, end: number): boolean {
    if (!this.#isInterest) return true;
    if (this.#consumers.size === 0) return false;
    this.#wanted ??= this.#union();
    if (this.#wanted.isAll) return true;
    const subjectId = this.#log.subjects.find(subject, start, end);
    if (subjectId !== 0) return this.#wanted.matches(subjectId);
    return this.#wanted.matchesSubject(subject.toString("latin1", start, end));
  }

  /** A consumer needs the message no longer: it goes if no other one does. */
  readonly release = (sequence: number): void => {
    const subjectId = this.#log.subjectIdOf(sequence);
    if (subjectId === 0) return;
    for (const consumer of this.#consumers.values()) {
      if (consumer.needs(sequence, subjectId)) return;
    }
    this.#log.remove(sequence);
  };

  /** A consumer has come, or wants something else now: what it does not want any more begins at `sequence` at most. */
  onChanged(sequence: number): void {
    this.#wanted = undefined;
    this.review(sequence);
  }

  /** A consumer has gone, who may have needed messages from `sequence` on. */
  onDeleted(sequence: number): void {
    this.#wanted = undefined;
    if (!this.#isInterest) return;
    if (this.#consumers.size === 0) this.#log.removeBelow(this.#log.lastSequence + 1);
    else this.review(sequence);
  }

  /**
   * Removes what no consumer needs from `sequence` on; many messages take several turns of the loop. A stream without
   * consumers keeps what it has. Does nothing for `workqueue`, where messages wait for a consumer to come.
   */
  review(sequence: number): void {
    if (!this.#isInterest || this.#consumers.size === 0) return;
    const isUnderWay = this.#reviewFrom > 0;
    this.#reviewFrom = isUnderWay ? Math.min(this.#reviewFrom, sequence) : Math.max(1, sequence);
    if (!isUnderWay) this.#reviewSome();
  }

  readonly #reviewSome = (): void => {
    const log = this.#log;
    if (this.#isClosed || this.#consumers.size === 0) {
      this.#reviewFrom = 0;
      return;
    }
    let sequence = log.nextSequence(this.#reviewFrom);
    for (let left = REVIEWED_PER_TURN_MAX; left > 0; left--) {
      if (sequence > log.lastSequence) {
        this.#reviewFrom = 0;
        return;
      }
      this.release(sequence);
      sequence = log.nextSequence(sequence + 1);
    }
    this.#reviewFrom = sequence;
    this.#clock.afterTurn(this.#reviewSome);
  };

  #union(): SubjectFilter {
    const all: string[] = [];
    for (const { filters } of this.#consumers.values()) {
      if (filters.length === 0) return new SubjectFilter(this.#log, []);
      all.push(...filters);
    }
    return new SubjectFilter(this.#log, all);
  }
}
