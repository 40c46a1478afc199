import type { Random } from "@oxbow/base";

/** Which acknowledgements a consumer's `sample_freq` has measured. */
export class AckSampling {
  readonly #random: Random;
  #percent = 0;

  constructor(random: Random, frequency: string) {
    this.#random = random;
    this.frequency = frequency;
  }

  /** A percentage with or without its sign, which was checked; `""` for none. */
  set frequency(frequency: string) {
    this.#percent = Number.parseInt(frequency, 10) || 0;
  }

  /** Whether the acknowledgement that has just come is measured. */
  get isChosen(): boolean {
    if (this.#percent <= 0) return false;
    return this.#percent >= 100 || this.#random.below(100) < this.#percent;
  }
}
