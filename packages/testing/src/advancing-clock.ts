import type { Clock, Timer } from "@oxbow/base";

/** A call that is due at a time. */
interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Turns of the event loop that everything due at one instant gets for what it causes. */
const turnsPerInstant = 3;

/**
 * A clock that goes with the real one, and ahead of it by what it was advanced: whatever waits for a time to come happens at
 * once, in its order, with the clock standing at that time.
 */
export class AdvancingClock implements Clock {
  readonly #real: Clock;
  #aheadMs = 0;
  #set = 0;
  #dues: Due[] = [];
  #timer: Timer | undefined;

  constructor(real: Clock) {
    this.#real = real;
  }

  nowMs(): number {
    return this.#real.nowMs() + this.#aheadMs;
  }

  monotonicMs(): number {
    return this.#real.monotonicMs() + this.#aheadMs;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const due: Due = { atMs: this.monotonicMs() + delayMs, order: this.#set++, fire };
    // Sorted; most timers are set later than those that are there.
    let index = this.#dues.length;
    while (index > 0 && (this.#dues[index - 1] as Due).atMs > due.atMs) index--;
    this.#dues.splice(index, 0, due);
    if (index === 0) this.#arm();
    return { cancel: () => this.#cancel(due) };
  }

  afterTurn(run: () => void): void {
    this.#real.afterTurn(run);
  }

  /** Lets time pass. Resolves once everything that was due by then has happened within the process. */
  async advance(ms: number): Promise<void> {
    const targetMs = this.monotonicMs() + ms;
    for (
      let next = this.#dues[0];
      next !== undefined && next.atMs <= targetMs;
      next = this.#dues[0]
    ) {
      this.#moveTo(next.atMs);
      this.#fireDue();
      for (let turn = 0; turn < turnsPerInstant; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    this.#moveTo(targetMs);
    this.#arm();
  }

  #moveTo(monotonicMs: number): void {
    this.#aheadMs += Math.max(0, monotonicMs - this.monotonicMs());
  }

  #fireDue(): void {
    for (let first = this.#dues[0]; first !== undefined && first.atMs <= this.monotonicMs(); ) {
      this.#dues.shift();
      first.fire();
      first = this.#dues[0];
    }
    this.#arm();
  }

  #cancel(due: Due): void {
    const index = this.#dues.indexOf(due);
    if (index < 0) return;
    this.#dues.splice(index, 1);
    if (index === 0) this.#arm();
  }

  #arm(): void {
    this.#timer?.cancel();
    const first = this.#dues[0];
    this.#timer =
      first &&
      this.#real.setTimer(Math.max(0, first.atMs - this.monotonicMs()), () => this.#fireDue());
  }
}
