import type { Clock } from "@oxbow/base";

/** Something that gathers output to send it in one go. */
export interface Flushable {
  flush(): void;
}

/**
 * Flushes what was written to during a turn of the event loop once the turn is over, so that all messages a turn
 * produces for a connection leave in one write, and all connections share one callback.
 */
export class FlushScheduler {
  readonly #clock: Clock;
  #waiting: Flushable[] = [];
  #flushing: Flushable[] = [];
  readonly #flushAll = (): void => {
    const flushing = this.#waiting;
    this.#waiting = this.#flushing;
    this.#flushing = flushing;
    for (let index = 0; index < flushing.length; index++) (flushing[index] as Flushable).flush();
    flushing.length = 0;
  };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Has `target` flushed after this turn. To be called once per target and turn. */
  schedule(target: Flushable): void {
    if (this.#waiting.push(target) === 1) this.#clock.afterTurn(this.#flushAll);
  }
}
