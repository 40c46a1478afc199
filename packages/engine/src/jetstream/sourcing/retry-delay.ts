import type { Clock, Random } from "@oxbow/base";

/** Requests for a consumer are at least so far apart. */
const APART_MS = 2_000;
/** Added for each failure in a row, twice. */
const FAILURE_MS = 5_000;
const FAILURES_MS_MAX = 120_000;
/** Added always, and as much again at most by chance, so that not everybody asks at once. */
const JITTER_MS = 100;

/** How long to wait before an origin is asked again: as nats-server does. */
export class RetryDelay {
  readonly #clock: Clock;
  readonly #random: Random;
  #requestedAtMs = Number.NEGATIVE_INFINITY;
  #failures = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  onRequest(): void {
    this.#requestedAtMs = this.#clock.monotonicMs();
  }

  onFailure(): void {
    this.#failures++;
  }

  onSuccess(): void {
    this.#failures = 0;
  }

  /** Milliseconds until the next request. */
  nextMs(): number {
    const apartMs = Math.max(0, this.#requestedAtMs + APART_MS - this.#clock.monotonicMs());
    const failuresMs = Math.min(FAILURES_MS_MAX, FAILURE_MS * 2 * this.#failures);
    return apartMs + failuresMs + JITTER_MS + this.#random.below(JITTER_MS);
  }
}
