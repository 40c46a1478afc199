import type { Clock, Timer } from "@oxbow/base";

interface Due {
  readonly atMs: number;
  readonly fire: () => void;
}

/** A clock that stands still until it is advanced. It begins at the time of the servers. */
export class ManualClock implements Clock {
  readonly #startMs = Date.now();
  #passedMs = 0;
  #dues: Due[] = [];

  nowMs(): number {
    return this.#startMs + this.#passedMs;
  }

  monotonicMs(): number {
    return 1_000 + this.#passedMs;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const due = { atMs: this.#passedMs + delayMs, fire };
    this.#dues.push(due);
    return {
      cancel: () => {
        this.#dues = this.#dues.filter((each) => each !== due);
      },
    };
  }

  afterTurn(run: () => void): void {
    setImmediate(run);
  }

  /** Lets time pass. What is due fires in its order, each at its time; what it causes comes later. */
  advance(ms: number): void {
    const endMs = this.#passedMs + ms;
    for (;;) {
      const [next] = this.#dues.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#dues = this.#dues.filter((each) => each !== next);
      this.#passedMs = Math.max(this.#passedMs, next.atMs);
      next.fire();
    }
    this.#passedMs = endMs;
  }
}
