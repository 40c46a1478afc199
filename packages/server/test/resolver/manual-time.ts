import type { Clock, Timer } from "@oxbow/base";

/** A clock that stands still until it is advanced. */
export class ManualTime implements Clock {
  #nowMs = 1_700_000_000_000;
  #timers: { readonly atMs: number; readonly fire: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const timer = { atMs: this.#nowMs + delayMs, fire };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  afterTurn(run: () => void): void {
    setImmediate(run);
  }

  /** Moves on, and lets what was waiting for that begin. */
  async advance(ms: number): Promise<void> {
    this.#nowMs += ms;
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { fire } of due) fire();
    await Promise.resolve();
  }
}
