/** A rate so low that nothing would ever be sent is asked again after this long. */
const WAIT_MS_MAX = 60_000;

/**
 * Bounds the bytes a second of a push consumer: a bucket that fills at the rate up to its burst, from which each message
 * takes what it weighs.
 */
export class RateLimit {
  readonly #bytesPerMs: number;
  readonly #burst: number;
  #tokens: number;
  #filledAtMs: number;

  /**
   * @param bitsPerSecond - As in `rate_limit_bps`.
   * @param burst - Bytes that may be sent at once after a pause; a message that is larger weighs as much.
   */
  constructor(bitsPerSecond: number, burst: number, nowMs: number) {
    this.#bytesPerMs = Math.floor(bitsPerSecond / 8) / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#filledAtMs = nowMs;
  }

  /** Milliseconds to wait before a message of `size` bytes may be sent; 0 if it may be now. */
  waitMs(size: number, nowMs: number): number {
    this.#fill(nowMs);
    const missing = Math.min(size, this.#burst) - this.#tokens;
    return missing <= 0 ? 0 : Math.min(WAIT_MS_MAX, missing / this.#bytesPerMs);
  }

  /** A message of `size` bytes was sent. */
  sent(size: number): void {
    this.#tokens -= Math.min(size, this.#burst);
  }

  #fill(nowMs: number): void {
    const earned = (nowMs - this.#filledAtMs) * this.#bytesPerMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#filledAtMs = nowMs;
  }
}
