/** The sequences of one subject, oldest first, from `head` on. */
interface SubjectQueue {
  sequences: number[];
  head: number;
}

/**
 * For a limit of several messages per subject: the sequences of each subject in order, so that the oldest is known
 * without a search. Kept only while such a limit is set; 8 bytes a message.
 */
export class SubjectQueues {
  readonly #queues = new Map<number, SubjectQueue>();

  /** Adds the newest message of a subject; returns the one that goes beyond `max`, 0 if none does. */
  push(subjectId: number, sequence: number, max: number = Number.POSITIVE_INFINITY): number {
    const queue = this.#queues.get(subjectId);
    if (queue === undefined) {
      this.#queues.set(subjectId, { sequences: [sequence], head: 0 });
      return 0;
    }
    queue.sequences.push(sequence);
    return queue.sequences.length - queue.head > max ? (queue.sequences[queue.head] as number) : 0;
  }

  /** Takes out a message, usually the oldest. */
  remove(subjectId: number, sequence: number): void {
    const queue = this.#queues.get(subjectId);
    if (queue === undefined) return;
    if (queue.sequences[queue.head] === sequence) queue.head++;
    else {
      const index = queue.sequences.indexOf(sequence, queue.head);
      if (index >= 0) queue.sequences.splice(index, 1);
    }
    if (queue.head === queue.sequences.length) {
      this.#queues.delete(subjectId);
    } else if (queue.head > 32 && queue.head * 2 > queue.sequences.length) {
      queue.sequences = queue.sequences.slice(queue.head);
      queue.head = 0;
    }
  }
}
