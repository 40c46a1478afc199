import type { ByteReader, ByteWriter } from "@oxbow/log";

/**
 * For `last_per_subject`: the sequences, ascending, that a consumer delivers before it goes on at `resumeSequence`.
 * Taking one from the front costs nothing, for there may be millions.
 */
export class SkipList {
  #sequences: readonly number[] = [];
  #head = 0;
  /** Where to go on once the list is empty; 0 if there never was one. */
  resumeSequence = 0;

  /** Begins anew with `sequences`, ascending, all below `resumeSequence`. */
  reset(sequences: readonly number[], resumeSequence: number): void {
    this.#sequences = sequences;
    this.#head = 0;
    this.resumeSequence = resumeSequence;
  }

  get length(): number {
    return this.#sequences.length - this.#head;
  }

  /** Those that are left. */
  get sequences(): readonly number[] {
    return this.#sequences.slice(this.#head);
  }

  /** The next one, 0 if the list is empty. */
  get first(): number {
    return this.#sequences[this.#head] ?? 0;
  }

  /** Takes out everything below `sequence`. */
  dropBelow(sequence: number): void {
    const sequences = this.#sequences;
    while (this.#head < sequences.length && (sequences[this.#head] as number) < sequence) {
      this.#head++;
    }
    if (this.#head > 0 && this.#head === sequences.length) {
      this.#sequences = [];
      this.#head = 0;
    }
  }

  has(sequence: number): boolean {
    let low = this.#head;
    let high = this.#sequences.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sequences[middle] as number) < sequence) low = middle + 1;
      else high = middle;
    }
    return this.#sequences[low] === sequence;
  }

  /** How many of the list `matches`. */
  countOf(matches: (sequence: number) => boolean): number {
    let count = 0;
    for (let i = this.#head; i < this.#sequences.length; i++) {
      if (matches(this.#sequences[i] as number)) count++;
    }
    return count;
  }

  encode(writer: ByteWriter): void {
    writer.integer(this.resumeSequence);
    writer.integer(this.length);
    for (let i = this.#head; i < this.#sequences.length; i++) {
      writer.integer(this.#sequences[i] as number);
    }
  }

  restore(reader: ByteReader): void {
    const resumeSequence = reader.integer();
    const sequences: number[] = [];
    for (let left = reader.integer(); left > 0 && !reader.failed; left--) {
      sequences.push(reader.integer());
    }
    this.reset(sequences, resumeSequence);
  }
}
