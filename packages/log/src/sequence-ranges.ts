interface Range {
  start: number;
  end: number;
}

/** A set of sequences that mostly lie together, as sorted half-open ranges. */
export class SequenceRanges {
  #ranges: Range[] = [];

  /** Number of sequences in the set. */
  get count(): number {
    let count = 0;
    for (const { start, end } of this.#ranges) count += end - start;
    return count;
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** The ranges `[start, end)`, in order, none touching the next. */
  get ranges(): readonly Readonly<Range>[] {
    return this.#ranges;
  }

  has(sequence: number): boolean {
    const range = this.#ranges[this.#search(sequence)];
    return range !== undefined && range.start <= sequence;
  }

  /** The first member at or after `sequence`; `Infinity` if there is none. */
  next(sequence: number): number {
    const range = this.#ranges[this.#search(sequence)];
    return range === undefined ? Number.POSITIVE_INFINITY : Math.max(sequence, range.start);
  }

  /** Adds `[start, end)`; no effect if it is empty. */
  add(start: number, end: number): void {
    if (start >= end) return;
    // A range that ends where this one starts becomes one with it.
    const first = this.#search(start - 1);
    let last = first;
    const merged = { start, end };
    for (let range = this.#ranges[last]; range !== undefined && range.start <= end; ) {
      merged.start = Math.min(merged.start, range.start);
      merged.end = Math.max(merged.end, range.end);
      range = this.#ranges[++last];
    }
    this.#ranges.splice(first, last - first, merged);
  }

  /** Takes `[start, end)` out. */
  remove(start: number, end: number): void {
    if (start >= end || this.isEmpty) return;
    const first = this.#search(start);
    const kept: Range[] = [];
    let last = first;
    for (let range = this.#ranges[last]; range !== undefined && range.start < end; ) {
      if (range.start < start) kept.push({ start: range.start, end: start });
      if (range.end > end) kept.push({ start: end, end: range.end });
      range = this.#ranges[++last];
    }
    this.#ranges.splice(first, last - first, ...kept);
  }

  /** Index of the first range that ends after `sequence`. */
  #search(sequence: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle] as Range).end <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
