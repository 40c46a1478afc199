/** What became of the messages of a batch, by their numbers. */
export class BatchOutcome {
  readonly count: number;
  /** Why those are not kept that are not. */
  readonly errors: Map<number, Error> = new Map();
  /** 0 for those that are not kept. */
  readonly sequences: number[];
  /** From 1; of those that are kept. */
  readonly partitions: number[];
  /** Those that the station had already. */
  readonly duplicates: Set<number> = new Set();

  constructor(count: number) {
    this.count = count;
    this.sequences = new Array<number>(count).fill(0);
    this.partitions = new Array<number>(count).fill(0);
  }
}
