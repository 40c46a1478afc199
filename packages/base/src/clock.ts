/** A pending call of {@link Clock.setTimer}. */
export interface Timer {
  /** Ends the timer; no effect once it has fired or was cancelled. */
  cancel(): void;
}

/** Time as the packages see it. Real in production; advanced by hand in tests and in the simulator. */
export interface Clock {
  /** Wall-clock milliseconds since 1970 UTC, with a fraction (microseconds where the platform has them). May step. */
  nowMs(): number;
  /** Milliseconds from an arbitrary start, never going back. Use it for durations and deadlines. */
  monotonicMs(): number;
  /** Calls `fire` once, not before `delayMs` (at least 0) has passed. Does not keep the process alive. */
  setTimer(delayMs: number, fire: () => void): Timer;
  /**
   * Calls `run` once after the input that is ready now has been handled (Node's `setImmediate`): what gathers the
   * work of one turn of the loop into one batch. Calls run in the order they were made.
   */
  afterTurn(run: () => void): void;
}
