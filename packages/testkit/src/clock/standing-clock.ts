import type { Clock, Timer } from "@oxbow/base";

interface Due {
  readonly atMs: number;
  readonly fire: () => void;
}

/** A clock that stands until it is advanced, for tests of what waits. Turns of the event loop are real. */
export class StandingClock implements Clock {
  readonly #startMs: number;
  #passedMs = 0;
  #dues: Due[] = [];

  /** @param startMs - What the wall clock shows at first: by default the real time, which servers in other processes have. */
  constructor(startMs: number = Date.now()) {
    this.#startMs = startMs;
  }

  nowMs(): number {
    return this.#startMs + this.#passedMs;
  }

  monotonicMs(): number {
    return this.#passedMs;
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

  /** Lets time pass. What is due fires in its order, each at its time; what it causes comes after this call. */
  advance(ms: number): void {
    const endMs = this.#passedMs + ms;
    while (this.#fireNext(endMs));
    this.#passedMs = endMs;
  }

  /**
   * Lets time pass, and what each timer causes happen before the next one fires.
   *
   * @param settled - Awaited behind each timer: resolves once what it has begun is done.
   */
  async advanceStepwise(ms: number, settled: () => Promise<unknown>): Promise<void> {
    const endMs = this.#passedMs + ms;
    while (this.#fireNext(endMs)) await settled();
    this.#passedMs = endMs;
  }

  #fireNext(endMs: number): boolean {
    const [next] = this.#dues.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
    if (next === undefined) return false;
    this.#dues = this.#dues.filter((each) => each !== next);
    this.#passedMs = Math.max(this.#passedMs, next.atMs);
    next.fire();
    return true;
  }
}
