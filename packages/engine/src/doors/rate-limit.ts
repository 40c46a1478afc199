import type { Clock } from "@oxbow/base";

const windowMs = 1_000;

/** Allows so many things in a second, counted from the first of them, as nats-server does. */
export class RateLimit {
  readonly #clock: Clock;
  /** 0 is no limit. */
  readonly #countMax: number;
  #count = 0;
  #endMs = 0;

  constructor(clock: Clock, countMax: number) {
    this.#clock = clock;
    this.#countMax = countMax;
  }

  /** Whether there may be one more now. */
  take(): boolean {
    if (this.#countMax === 0) return true;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= this.#endMs) {
      this.#endMs = nowMs + windowMs;
      this.#count = 0;
    }
    if (this.#count >= this.#countMax) return false;
    this.#count++;
    return true;
  }
}
