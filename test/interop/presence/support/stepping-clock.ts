import type { Clock, Timer } from "@oxbow/base";

/** A clock that stands still until it is advanced, and then stops at each timer that is due. */
export class SteppingClock implements Clock {
  #nowMs = Date.parse("2026-11-20T12:00:00Z");
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
    return { cancel: () => (this.#timers = this.#timers.filter((each) => each !== timer)) };
  }

  afterTurn(run: () => void): void {
    setImmediate(run);
  }

  /** @param settled - Awaited behind each timer: resolves once what it has begun is done. */
  async advance(ms: number, settled: () => Promise<unknown>): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#timers = this.#timers.filter((each) => each !== next);
      next.fire();
      await settled();
    }
    this.#nowMs = endMs;
  }

  #next(endMs: number) {
    return this.#timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
  }
}
