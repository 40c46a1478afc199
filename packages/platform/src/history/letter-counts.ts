import type { Clock } from "@oxbow/base";
import { historyLimits } from "./limits.ts";

/** Dead letters of each station. */
export type LettersByStation = ReadonlyMap<string, number>;

/**
 * How many dead letters each station has. They have to be counted one by one, so that is done only where there are others than
 * before, not all the time, and not at all where there are very many.
 */
export class LetterCounts {
  readonly #count: () => Promise<LettersByStation>;
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #countedMax: number;
  #counted: LettersByStation | undefined = undefined;
  #total = -1;
  #countedAtMs = Number.NEGATIVE_INFINITY;

  /** @param countedMax - With more, they are not counted. */
  constructor(
    count: () => Promise<LettersByStation>,
    clock: Pick<Clock, "monotonicMs">,
    countedMax: number,
  ) {
    this.#count = count;
    this.#clock = clock;
    this.#countedMax = countedMax;
  }

  /** @returns As they were counted last; `undefined` where they are not. */
  async of(total: number): Promise<LettersByStation | undefined> {
    if (total === 0) this.#counted = new Map();
    else if (total > this.#countedMax) this.#counted = undefined;
    else {
      const nowMs = this.#clock.monotonicMs();
      const isRecent = nowMs - this.#countedAtMs < historyLimits.lettersKeptMs;
      if (total === this.#total || isRecent) return this.#counted;
      this.#countedAtMs = nowMs;
      this.#counted = await this.#count();
    }
    this.#total = total;
    return this.#counted;
  }
}
