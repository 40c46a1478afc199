import type { Clock, Timer } from "@oxbow/base";
import type { Log } from "@oxbow/log";

/** Timers never wait longer, so that a clock that steps is noticed. */
const EXPIRY_CHECK_MS_MAX = 60 * 60 * 1000;
/** Messages that end in one go, before others get their turn. */
const EXPIRED_PER_TURN_MAX = 10_000;
/** How long to wait after the disk could not be read before it is asked again. */
const READ_RETRY_MS = 1_000;

/** Ends messages in a way of its own. */
export interface EndOfMessages {
  /**
   * Removes the message at `sequence`, which has expired.
   *
   * @returns False if something must be read from the disk first: then it is still there, and is to be ended again after
   * `done` was called.
   */
  end(sequence: number, done: (error: Error | null) => void): boolean;
}

/**
 * Ends the messages of a stream in time: by its age limit, and by lifetimes of their own (ADR-43). One timer, set for the
 * next message to end.
 */
export class Expiry {
  readonly #log: Log;
  readonly #clock: Clock;
  /** Instead of removing messages just so. */
  #markers: EndOfMessages | undefined;
  #timer: Timer | undefined;
  #dueAtMs = Number.POSITIVE_INFINITY;
  /** Whether a message is being ended, or the next turn goes on with it. */
  #isBusy = false;
  #isClosed = false;

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Begins, or goes on with other limits: what has expired by now goes. */
  start(markers: EndOfMessages | undefined): void {
    this.#markers = markers;
    if (markers === undefined) this.#log.expire(this.#clock.nowMs());
    this.#run();
  }

  /** Messages were stored: one of them may end earlier than all others. */
  onCommitted(): void {
    if (this.#isBusy) return;
    const atMs = this.#log.nextExpiryAtMs;
    if (atMs !== undefined && atMs < this.#dueAtMs) this.#arm(atMs);
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  readonly #run = (): void => {
    this.#isBusy = false;
    if (this.#isClosed) return;
    if (this.#markers !== undefined) this.#endSome(this.#markers);
    else if (this.#log.expire(this.#clock.nowMs(), EXPIRED_PER_TURN_MAX) < EXPIRED_PER_TURN_MAX) {
      this.#arm(this.#log.nextExpiryAtMs);
    } else {
      this.#goOnNextTurn();
    }
  };

  #endSome(markers: EndOfMessages): void {
    const nowMs = this.#clock.nowMs();
    for (let left = EXPIRED_PER_TURN_MAX; left > 0; left--) {
      const sequence = this.#log.nextExpired(nowMs);
      if (sequence === 0) {
        this.#arm(this.#log.nextExpiryAtMs);
        return;
      }
      this.#isBusy = true;
      if (!markers.end(sequence, this.#onRead)) return;
      this.#isBusy = false;
    }
    this.#goOnNextTurn();
  }

  readonly #onRead = (error: Error | null): void => {
    if (error === null) {
      this.#run();
      return;
    }
    this.#isBusy = false;
    this.#arm(this.#clock.nowMs() + READ_RETRY_MS);
  };

  #goOnNextTurn(): void {
    this.#isBusy = true;
    this.#clock.afterTurn(this.#run);
  }

  #arm(atMs: number | undefined): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#dueAtMs = atMs ?? Number.POSITIVE_INFINITY;
    if (atMs === undefined || this.#isClosed) return;
    const delayMs = Math.min(Math.max(1, atMs - this.#clock.nowMs()), EXPIRY_CHECK_MS_MAX);
    this.#timer = this.#clock.setTimer(delayMs, this.#run);
  }
}
