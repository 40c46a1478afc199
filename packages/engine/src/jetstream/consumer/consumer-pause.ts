import type { Clock, Timer } from "@oxbow/base";
import { instantMs } from "../../time/ns-to-ms.ts";
import type { Timestamp } from "../../time/timestamp.ts";

/** Timers never wait longer, so that a wall clock that steps is noticed. */
const CHECK_MS_MAX = 60 * 60 * 1000;

/** A consumer's `pause_until`: until then it delivers nothing. */
export class ConsumerPause {
  readonly #clock: Clock;
  readonly #onOver: () => void;
  #untilMs = 0;
  #timer: Timer | undefined;

  /** @param onOver - Called when a pause has ended by itself. */
  constructor(clock: Clock, onOver: () => void) {
    this.#clock = clock;
    this.#onOver = onOver;
  }

  /** Whether it is under way. One look at a number where no pause is set. */
  get isOn(): boolean {
    return this.#untilMs > 0 && this.#clock.nowMs() < this.#untilMs;
  }

  /** Milliseconds that are left of it, with a fraction; 0 if it is over. */
  get leftMs(): number {
    return this.#untilMs === 0 ? 0 : Math.max(0, this.#untilMs - this.#clock.nowMs());
  }

  /** Pauses until then; `null` or an instant in the past for not at all. */
  set(until: Timestamp | null): void {
    this.close();
    this.#untilMs = until === null ? 0 : instantMs(until.seconds, until.nanos);
    this.#arm();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(): void {
    const { leftMs } = this;
    if (leftMs > 0) this.#timer = this.#clock.setTimer(Math.min(leftMs, CHECK_MS_MAX), this.#check);
  }

  readonly #check = (): void => {
    this.#timer = undefined;
    if (this.isOn) {
      this.#arm();
      return;
    }
    this.#untilMs = 0;
    this.#onOver();
  };
}
