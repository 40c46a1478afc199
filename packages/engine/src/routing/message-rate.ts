import type { Clock } from "@oxbow/base";

/**
 * How many messages the clients of an account may publish in a second, all together. Nothing is refused: who comes beyond
 * is read again only once it is time, so that clients are slowed down by their own network.
 */
export class MessageRate {
  readonly perSecond: number;
  readonly #clock: Clock;
  /** What may be published at once after a pause. */
  readonly #burst: number;
  /** Below 0: what was taken in beyond, which has to be waited for. */
  #left: number;
  #countedAtMs: number;

  /** @param perSecond - Above 0. */
  constructor(perSecond: number, clock: Clock) {
    this.perSecond = perSecond;
    this.#clock = clock;
    this.#burst = Math.max(1, perSecond);
    this.#left = this.#burst;
    this.#countedAtMs = clock.monotonicMs();
  }

  /** Counts a message. Returns for how many milliseconds nothing should be read from who sent it. */
  take(): number {
    const nowMs = this.#clock.monotonicMs();
    const earned = ((nowMs - this.#countedAtMs) * this.perSecond) / 1_000;
    this.#countedAtMs = nowMs;
    this.#left = Math.min(this.#burst, this.#left + earned) - 1;
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left * 1_000) / this.perSecond);
  }
}
