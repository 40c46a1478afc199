import { ByteReader, type ByteWriter, type DurableState } from "@oxbow/log";

/** A list of numbers as a durable state: its snapshot is the whole list, a delta what was added. */
export class NumberList {
  readonly values: number[] = [];
  #writtenCount = 0;

  constructor(recovered?: DurableState["recovered"]) {
    for (const bytes of recovered === undefined ? [] : [recovered.snapshot, ...recovered.deltas]) {
      const reader = new ByteReader(bytes);
      while (!reader.done) this.values.push(reader.integer());
    }
    this.#writtenCount = this.values.length;
  }

  encodeSnapshot(writer: ByteWriter): void {
    this.#writtenCount = 0;
    this.encodeDelta(writer);
  }

  encodeDelta(writer: ByteWriter): void {
    for (const value of this.values.slice(this.#writtenCount)) writer.integer(value);
    this.#writtenCount = this.values.length;
  }
}

/** What a list may look like after a crash: it starts with what is durable, and goes on at most with what was added. */
export class ListExpectation {
  values: readonly number[] = [];
  durableCount = 0;

  /** Says what is wrong with a recovered list, if anything, and takes it as the truth from now on. */
  check(name: string, found: readonly number[]): string | undefined {
    const expected = this.values;
    const isPrefix = found.every((value, index) => value === expected[index]);
    const isLong = found.length >= this.durableCount;
    const problem =
      isPrefix && isLong
        ? undefined
        : `state ${name} is [${found}] instead of at least ${this.durableCount} of [${expected}]`;
    this.values = [...found];
    this.durableCount = found.length;
    return problem;
  }
}
