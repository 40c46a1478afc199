/**
 * For `replay_policy: original`: keeps between deliveries the pauses that lay between the messages when they were
 * stored. Once everything is delivered that was there when the consumer began, messages go out as they come.
 */
export class ReplayPacer {
  readonly #untilSequence: number;
  #lastTimeMs = 0;
  /** On the monotonic clock; -1 before the first delivery. */
  #lastAtMs = -1;

  /** @param untilSequence - The last sequence of the past that is replayed. */
  constructor(untilSequence: number) {
    this.#untilSequence = untilSequence;
  }

  /** How long to wait before the message that was stored at `timeMs` may be delivered; 0 for not at all. */
  delayMs(sequence: number, timeMs: number, nowMs: number): number {
    if (this.#lastAtMs < 0 || sequence > this.#untilSequence) return 0;
    return Math.max(0, this.#lastAtMs + timeMs - this.#lastTimeMs - nowMs);
  }

  /** The message that was stored at `timeMs` was delivered for the first time. */
  delivered(timeMs: number, nowMs: number): void {
    this.#lastTimeMs = timeMs;
    this.#lastAtMs = nowMs;
  }
}
