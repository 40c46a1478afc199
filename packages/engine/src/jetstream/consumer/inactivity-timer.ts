import type { Clock, Timer } from "@oxbow/base";

/** Who is asked, and told, about a consumer that nobody seems to use. */
export interface InactivityEvents {
  /** Whether somebody waits for messages even now. */
  isInUse(): boolean;
  /** Milliseconds until the last of the messages it works on may have to be delivered again; 0 for none. */
  workLeftMs(): number;
  onInactive(): void;
}

/** Notices that nobody has asked a consumer for anything for as long as its threshold. */
export class InactivityTimer {
  readonly #clock: Clock;
  readonly #events: InactivityEvents;
  #thresholdMs = 0;
  /** On the monotonic clock. */
  #lastActiveMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, events: InactivityEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  /** Begins to watch, from now on; 0 for not at all. */
  watch(thresholdMs: number): void {
    this.close();
    this.#thresholdMs = thresholdMs;
    this.touch();
    if (thresholdMs > 0) this.#timer = this.#clock.setTimer(thresholdMs, this.#check);
  }

  /** Somebody used the consumer. */
  touch(): void {
    if (this.#thresholdMs > 0) this.#lastActiveMs = this.#clock.monotonicMs();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  readonly #check = (): void => {
    this.#timer = undefined;
    if (this.#events.isInUse()) this.touch();
    const idleLeftMs = this.#lastActiveMs + this.#thresholdMs - this.#clock.monotonicMs();
    const leftMs = idleLeftMs > 0 ? idleLeftMs : this.#workLeftMs();
    if (leftMs <= 0) this.#events.onInactive();
    else this.#timer = this.#clock.setTimer(leftMs, this.#check);
  };

  /** Whoever works on messages is there, though nothing is heard of it; only then does the threshold begin. */
  #workLeftMs(): number {
    const workLeftMs = this.#events.workLeftMs();
    return workLeftMs > 0 ? workLeftMs + this.#thresholdMs : 0;
  }
}
