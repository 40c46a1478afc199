const minuteMs = 60_000;

/** So many in any minute. */
export class RateLimiter {
  /** When the last of them were, the oldest first. */
  #times: number[] = [];

  /**
   * Takes one, if there is one to take.
   *
   * @returns How long there is none; 0 if it was taken.
   */
  take(perMinuteMax: number, nowMs: number): number {
    this.#times = this.#times.filter((atMs) => nowMs - atMs < minuteMs);
    const last = this.#times.at(-perMinuteMax);
    if (this.#times.length >= perMinuteMax && last !== undefined) return last + minuteMs - nowMs;
    this.#times.push(nowMs);
    return 0;
  }
}
