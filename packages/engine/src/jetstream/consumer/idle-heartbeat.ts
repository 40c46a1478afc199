import type { Clock, Timer } from "@oxbow/base";

/** Beats after each interval in which nothing else was sent. */
export class IdleHeartbeat {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #beat: () => void;
  /** When something was sent last, on the monotonic clock. */
  #sentAtMs = 0;
  #timer: Timer | undefined;

  /** @param intervalMs - 0 for never. */
  constructor(clock: Clock, intervalMs: number, beat: () => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#beat = beat;
  }

  /** Begins to beat, an interval from now. */
  start(): void {
    if (this.#intervalMs <= 0) return;
    this.touch();
    this.#timer ??= this.#clock.setTimer(this.#intervalMs, this.#check);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Something was sent: the interval begins anew. */
  touch(): void {
    this.#sentAtMs = this.#clock.monotonicMs();
  }

  readonly #check = (): void => {
    const leftMs = this.#sentAtMs + this.#intervalMs - this.#clock.monotonicMs();
    if (leftMs <= 0) this.touch();
    this.#timer = this.#clock.setTimer(leftMs > 0 ? leftMs : this.#intervalMs, this.#check);
    if (leftMs <= 0) this.#beat();
  };
}
