/** The sequences of one subject, oldest first, from `head` on; some may be gone. */
interface SubjectQueue {
  sequences: number[];
  head: number;
}

/** Whether a message of the subject is still there. */
export type IsThere = (sequence: number, subjectId: number) => boolean;

/**
 * For a limit of several messages per subject: the sequences of each subject in order, so that the oldest is known
 * without a search. Kept only while such a limit is set; 8 bytes a message.
 *
 * A removal costs nothing here: what is gone is left out when its turn comes, or when it is more than half of a queue.
 */
export class SubjectQueues {
  readonly #queues = new Map<number, SubjectQueue>();
  readonly #isThere: IsThere;

  constructor(isThere: IsThere) {
    this.#isThere = isThere;
  }

  /** Adds the newest message of a subject that now has `count`. */
  push(subjectId: number, sequence: number, count: number): void {
    const queue = this.#queues.get(subjectId);
    if (queue === undefined) {
      this.#queues.set(subjectId, { sequences: [sequence], head: 0 });
      return;
    }
    queue.sequences.push(sequence);
    if (queue.sequences.length > 2 * count + 32) {
      queue.sequences = queue.sequences.filter(
        (kept, index) => index >= queue.head && this.#isThere(kept, subjectId),
      );
      queue.head = 0;
    }
  }

  /** Takes the oldest message of a subject out and returns its sequence; 0 if there is none. */
  shift(subjectId: number): number {
    const queue = this.#queues.get(subjectId);
    if (queue === undefined) return 0;
    while (queue.head < queue.sequences.length) {
      const sequence = queue.sequences[queue.head++] as number;
      if (this.#isThere(sequence, subjectId)) return sequence;
    }
    this.#queues.delete(subjectId);
    return 0;
  }

  /** Forgets a subject that has no message left: its id may come to stand for another. */
  delete(subjectId: number): void {
    this.#queues.delete(subjectId);
  }
}
