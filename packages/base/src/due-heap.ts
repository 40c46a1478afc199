const INITIAL_CAPACITY = 64;

/**
 * What is due when: ids by time, and by id where times are alike. A binary heap over two arrays, 16 bytes an entry; times
 * that come in order cost nothing to add.
 */
export class DueHeap {
  #times = new Float64Array(INITIAL_CAPACITY);
  #ids = new Float64Array(INITIAL_CAPACITY);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The earliest time; `Infinity` if there is none. */
  get nextAtMs(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number);
  }

  /** What is due then; 0 if there is nothing. */
  get nextId(): number {
    return this.#size === 0 ? 0 : (this.#ids[0] as number);
  }

  /** `id` is above 0. The same one may be there several times. */
  push(id: number, atMs: number): void {
    if (this.#size === this.#times.length) this.#grow();
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!this.#isBefore(atMs, id, parent)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#times[at] = atMs;
    this.#ids[at] = id;
  }

  /** Takes the earliest out; there is one. */
  pop(): void {
    const last = --this.#size;
    const atMs = this.#times[last] as number;
    const id = this.#ids[last] as number;
    let at = 0;
    for (let child = 1; child < last; child = 2 * at + 1) {
      const right = child + 1;
      const isRightFirst =
        right < last &&
        this.#isBefore(this.#times[right] as number, this.#ids[right] as number, child);
      const first = isRightFirst ? right : child;
      if (this.#isBefore(atMs, id, first)) break;
      this.#move(first, at);
      at = first;
    }
    this.#times[at] = atMs;
    this.#ids[at] = id;
  }

  clear(): void {
    this.#size = 0;
  }

  #isBefore(atMs: number, id: number, other: number): boolean {
    const otherMs = this.#times[other] as number;
    return atMs < otherMs || (atMs === otherMs && id < (this.#ids[other] as number));
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number;
    this.#ids[to] = this.#ids[from] as number;
  }

  #grow(): void {
    const times = new Float64Array(this.#size * 2);
    const ids = new Float64Array(this.#size * 2);
    times.set(this.#times);
    ids.set(this.#ids);
    this.#times = times;
    this.#ids = ids;
  }
}
