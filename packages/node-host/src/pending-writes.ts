/** How many entries of the queue are used up before it is cut. */
const QUEUE_CUT_COUNT = 1024;

/** Sizes and callbacks of the writes under way on a connection, oldest first: no closure is made per write. */
export class PendingWrites {
  #bytes = 0;
  #sizes: number[] = [];
  #callbacks: ((() => void) | undefined)[] = [];
  /** Where the oldest is. */
  #head = 0;

  /** Bytes that are under way. */
  get bytes(): number {
    return this.#bytes;
  }

  add(size: number, flushed: (() => void) | undefined): void {
    this.#bytes += size;
    this.#sizes.push(size);
    this.#callbacks.push(flushed);
  }

  /** Takes the oldest write off the queue, and calls it back. */
  release(): void {
    const size = this.#sizes[this.#head] as number;
    const flushed = this.#callbacks[this.#head];
    this.#callbacks[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#sizes.length || this.#head >= QUEUE_CUT_COUNT) this.#cut();
    this.#bytes -= size;
    flushed?.();
  }

  /** The same for all of them. */
  releaseAll(): void {
    while (this.#head < this.#sizes.length) this.release();
  }

  /** Drops the used part of the queue. It is cut once half of it is used, so that an entry moves once or twice. */
  #cut(): void {
    if (this.#head === this.#sizes.length) {
      this.#sizes.length = 0;
      this.#callbacks.length = 0;
    } else if (this.#head * 2 > this.#sizes.length) {
      this.#sizes.splice(0, this.#head);
      this.#callbacks.splice(0, this.#head);
    } else {
      return;
    }
    this.#head = 0;
  }
}
