/** A range of a file's content, and the block it is in. */
export interface Extent {
  /** `[start, end)` of the content. */
  readonly start: number;
  readonly end: number;
  /** Where the block's content begins. */
  readonly blockStart: number;
  /** Where the block lies in the file, and how large it is with its head. */
  readonly position: number;
  readonly size: number;
}

/** Which blocks the content of a file is in: ranges in order, without overlap, perhaps with holes. */
export class Extents {
  #list: Extent[] = [];
  /** Where the content ends. */
  end = 0;

  get all(): readonly Extent[] {
    return this.#list;
  }

  /** Adds a block behind `start`, in the place of all that was there. */
  append(start: number, plainSize: number, position: number, size: number): void {
    this.cut(start);
    this.end = start + plainSize;
    if (plainSize > 0) {
      this.#list.push({ start, end: this.end, blockStart: start, position, size });
    }
  }

  /** Adds a block in the place of its own range. */
  patch(start: number, plainSize: number, position: number, size: number): void {
    const end = start + plainSize;
    const before = this.#list.flatMap((extent) => clipped(extent, 0, start));
    const after = this.#list.flatMap((extent) => clipped(extent, end, Number.POSITIVE_INFINITY));
    this.#list = [...before, { start, end, blockStart: start, position, size }, ...after];
    this.end = Math.max(this.end, end);
  }

  /** Cuts the content off. */
  cut(end: number): void {
    this.end = Math.min(this.end, end);
    let last = this.#list.at(-1);
    while (last !== undefined && last.end > end) {
      this.#list.pop();
      if (last.start < end) this.#list.push({ ...last, end });
      last = this.#list.at(-1);
    }
  }

  /** Those that have something of `[start, end)`. */
  overlapping(start: number, end: number): Extent[] {
    let low = 0;
    let high = this.#list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#list[middle] as Extent).end <= start) low = middle + 1;
      else high = middle;
    }
    const found: Extent[] = [];
    for (let i = low; i < this.#list.length; i++) {
      const extent = this.#list[i] as Extent;
      if (extent.start >= end) break;
      found.push(extent);
    }
    return found;
  }
}

/** What of `extent` lies in `[start, end)`, as a list of none or one. */
function clipped(extent: Extent, start: number, end: number): Extent[] {
  const from = Math.max(extent.start, start);
  const to = Math.min(extent.end, end);
  return from < to ? [{ ...extent, start: from, end: to }] : [];
}
