import type { Clock, Timer } from "@oxbow/base";
import type { Life } from "./life.ts";
import type { SimLoop } from "./sim-loop.ts";
import type { SimRandom } from "./sim-random.ts";

/** What the wall clock shows at virtual time 0: 2026-01-01T00:00:00Z. */
const EPOCH_MS = Date.UTC(2026, 0, 1);

/** How much input one turn of the loop can gather at most, in virtual time. */
const TURN_MS_MAX = 0.05;

/** Virtual time as one process sees it. Timers of the same instant fire in the order they were set. */
export class SimClock implements Clock {
  readonly #loop: SimLoop;
  readonly #life: Life;
  readonly #random: SimRandom;
  #wallOffsetMs: number = EPOCH_MS;
  #turn: (() => void)[] = [];

  constructor(loop: SimLoop, life: Life, random: SimRandom) {
    this.#loop = loop;
    this.#life = life;
    this.#random = random;
  }

  nowMs(): number {
    return this.#loop.nowMs + this.#wallOffsetMs;
  }

  monotonicMs(): number {
    return this.#loop.nowMs;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    return this.#loop.scheduleTimer(this.#life, delayMs, "timer", fire);
  }

  /** A turn ends a seeded moment after its first call, so that what it gathers differs from turn to turn. */
  afterTurn(run: () => void): void {
    this.#turn.push(run);
    if (this.#turn.length > 1) return;
    const delayMs = this.#random.between(0, TURN_MS_MAX);
    this.#loop.schedule(this.#life, delayMs, "turn", () => {
      const calls = this.#turn;
      this.#turn = [];
      for (const call of calls) call();
    });
  }

  /**
   * Lets `ms` of virtual time pass, with all that happens in it. Runs the simulation itself, unless it is called from
   * code that is being simulated, which it then suspends until that time.
   */
  async advance(ms: number): Promise<void> {
    if (!this.#loop.isRunning) {
      await this.#loop.run({ untilMs: this.#loop.nowMs + ms });
      return;
    }
    await new Promise<void>((resolve) => {
      this.#loop.scheduleTimer(this.#life, ms, "advance", resolve);
    });
  }

  /** Sets the wall clock forward, or back, by `ms`, as an administrator or NTP would. Timers do not notice. */
  stepWall(ms: number): void {
    this.#wallOffsetMs += ms;
  }
}
