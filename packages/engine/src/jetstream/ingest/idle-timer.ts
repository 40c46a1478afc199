import type { Clock, Timer } from "@oxbow/base";

/** Something that ends if nothing happens to it. */
export interface Idle {
  /** When something happened to it last, in milliseconds since 1970 UTC. */
  readonly activeAtMs: number;
}

/** Tells of things to which nothing has happened for so long: one timer for all of them, which touching one costs nothing. */
export class IdleTimer<Entry extends Idle> {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #entries: () => Iterable<Entry>;
  readonly #onIdle: (entry: Entry) => void;
  #timer: Timer | undefined;

  constructor(
    clock: Clock,
    timeoutMs: number,
    entries: () => Iterable<Entry>,
    onIdle: (entry: Entry) => void,
  ) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#entries = entries;
    this.#onIdle = onIdle;
  }

  /** There is something to watch. */
  start(): void {
    this.#timer ??= this.#clock.setTimer(this.#timeoutMs, this.#check);
  }

  /** There is not. */
  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  readonly #check = (): void => {
    this.#timer = undefined;
    const nowMs = this.#clock.nowMs();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries()) {
      const leftMs = entry.activeAtMs + this.#timeoutMs - nowMs;
      if (leftMs <= 0) this.#onIdle(entry);
      else nextMs = Math.min(nextMs, leftMs);
    }
    if (nextMs === Number.POSITIVE_INFINITY) return;
    // A clock that was set back must not make anything live for ever.
    const delayMs = Math.min(Math.ceil(nextMs), this.#timeoutMs);
    this.#timer = this.#clock.setTimer(delayMs, this.#check);
  };
}
