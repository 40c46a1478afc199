/** Numbers from a seed (mulberry32): the same seed gives the same run. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to `below`. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  isOneIn(count: number): boolean {
    return this.below(count) === 0;
  }
}

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly call: () => void;
  isCancelled: boolean;
}

/** A clock that goes on to the next thing that is to happen. */
export class VirtualTime {
  nowMs = 0;
  readonly #events: Event[] = [];
  #order = 0;

  after(timeMs: number, call: () => void): () => void {
    const event = {
      atMs: this.nowMs + Math.max(0, timeMs),
      order: this.#order++,
      call,
      isCancelled: false,
    };
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle] as Event).atMs <= event.atMs) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, event);
    return () => {
      event.isCancelled = true;
    };
  }

  /** Lets things happen until a condition holds. @returns Whether it did before that time. */
  async runUntil(isDone: () => boolean, endMs: number): Promise<boolean> {
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
      if (next.atMs > endMs) return isDone();
      this.nowMs = next.atMs;
      if (!next.isCancelled) next.call();
      // What was promised happens at the same time.
      for (let turn = 0; turn < 12; turn++) await undefined;
      if (isDone()) return true;
    }
    return isDone();
  }
}
