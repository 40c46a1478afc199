/** What a histogram has counted so far. */
export interface HistogramState {
  /** Upper bounds of its buckets, in seconds, ascending; one more bucket has no bound. */
  readonly boundsSeconds: readonly number[];
  /** How many were in each bucket, one more than there are bounds. */
  readonly counts: readonly number[];
  /** Of all, in seconds. */
  readonly sumSeconds: number;
}

/** From a tenth of a millisecond, which a fast disk takes, to ten seconds. */
const boundsDefault: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Counts how long things took. It makes nothing while it counts. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: Float64Array;
  #sumSeconds = 0;

  /** @param boundsSeconds - Upper bounds of the buckets, ascending; by default from 0.1 ms to 10 s. */
  constructor(boundsSeconds: readonly number[] = boundsDefault) {
    this.#bounds = boundsSeconds;
    this.#counts = new Float64Array(boundsSeconds.length + 1);
  }

  /** @param times - How many took that long; 1 by default. */
  observe(milliseconds: number, times = 1): void {
    const seconds = milliseconds / 1_000;
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] as number) + times;
    this.#sumSeconds += seconds * times;
  }

  get state(): HistogramState {
    return {
      boundsSeconds: this.#bounds,
      counts: [...this.#counts],
      sumSeconds: this.#sumSeconds,
    };
  }
}
