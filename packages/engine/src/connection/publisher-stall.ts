import type { Clock, Timer } from "@oxbow/base";
import type { ReadGate } from "./read-gate.ts";

const reason = "slow subscriber";

/** Holds a publisher up for a moment, because somebody it publishes to cannot keep up. */
export class PublisherStall {
  /** Times it was held up. */
  count = 0;
  readonly #gate: ReadGate;
  readonly #clock: Clock;
  #timer: Timer | undefined = undefined;

  constructor(gate: ReadGate, clock: Clock) {
    this.#gate = gate;
    this.#clock = clock;
  }

  /** Reads nothing from it for `durationMs`; 0 never holds it up. Returns whether it was not held up already. */
  begin(durationMs: number): boolean {
    if (this.#timer !== undefined || durationMs === 0) return false;
    this.count++;
    this.#gate.pause(reason);
    this.#timer = this.#clock.setTimer(durationMs, () => {
      this.#timer = undefined;
      this.#gate.resume(reason);
    });
    return true;
  }

  /** The connection is over. */
  cancel(): void {
    this.#timer?.cancel();
  }
}
