import type { Clock } from "@oxbow/base";

/** Milliseconds between two answers in one turn: a microsecond, about what taking a message costs. */
const STEP_MS = 0.001;

/**
 * The wall clock of whoever asks for every message: it is read once in a turn of the loop, and goes on by a microsecond
 * with each further answer, so that no two messages of a stream have the same time. A turn is the work of a few
 * milliseconds at most.
 */
export class TurnClock {
  readonly #clock: Clock;
  #nowMs = 0;
  #turnMs = 0;
  #isRead = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since 1970 UTC, with a fraction; later than every other answer of this turn. */
  nowMs(): number {
    if (this.#isRead) this.#nowMs += STEP_MS;
    else this.#read();
    return this.#nowMs;
  }

  /** The same for whoever needs no order: when the clock was read in this turn. */
  get turnMs(): number {
    if (!this.#isRead) this.#read();
    return this.#turnMs;
  }

  #read(): void {
    this.#isRead = true;
    this.#turnMs = this.#clock.nowMs();
    this.#nowMs = this.#turnMs;
    this.#clock.afterTurn(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    this.#isRead = false;
  };
}
