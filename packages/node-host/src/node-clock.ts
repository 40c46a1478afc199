import { assert, type Clock, type Timer } from "@oxbow/base";

/** How long the wall clock is read off the monotonic one before it is compared with the system's again. */
const WALL_CHECK_EVERY_MS = 20;

/** The longest delay `setTimeout` takes; it fires at once for anything above. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

/**
 * The clocks of the system. Its wall clock has only whole milliseconds in JavaScript, so the fraction comes from the
 * monotonic clock: `nowMs` is the monotonic time plus an offset, and every {@link WALL_CHECK_EVERY_MS} the offset is
 * moved, by as little as it takes, into the millisecond that the system says it is. Steps and slewing of the
 * system clock are thus followed within that time, and nothing drifts. A call costs one read of the monotonic clock.
 */
export class NodeClock implements Clock {
  readonly #systemMs: () => number;
  readonly #monotonicMs: () => number;
  #offsetMs: number;
  #checkAtMs: number;

  /** The two sources are arguments so that a test can step them. */
  constructor(
    systemMs: () => number = Date.now,
    monotonicMs: () => number = () => performance.now(),
  ) {
    this.#systemMs = systemMs;
    this.#monotonicMs = monotonicMs;
    const monotonic = monotonicMs();
    this.#offsetMs = systemMs() - monotonic;
    this.#checkAtMs = monotonic + WALL_CHECK_EVERY_MS;
  }

  nowMs(): number {
    const monotonic = this.#monotonicMs();
    if (monotonic >= this.#checkAtMs) this.#followSystem(monotonic);
    return monotonic + this.#offsetMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs();
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    assert(delayMs >= 0, `a timer's delay is at least 0, not ${delayMs}`);
    return new NodeTimer(this.#monotonicMs, delayMs, fire);
  }

  afterTurn(run: () => void): void {
    setImmediate(run);
  }

  #followSystem(monotonic: number): void {
    this.#checkAtMs = monotonic + WALL_CHECK_EVERY_MS;
    const systemMs = this.#systemMs();
    const aheadMs = monotonic + this.#offsetMs - systemMs;
    // The system's time lies somewhere in [systemMs, systemMs + 1); only what is outside needs a correction.
    if (aheadMs < 0) this.#offsetMs -= aheadMs;
    else if (aheadMs >= 1) this.#offsetMs -= aheadMs - 1;
  }
}

/** One timeout after another until the deadline, for `setTimeout` is early by up to 1 ms and limited in length. */
class NodeTimer implements Timer {
  readonly #monotonicMs: () => number;
  readonly #deadlineMs: number;
  readonly #fire: () => void;
  #timeout: NodeJS.Timeout;

  constructor(monotonicMs: () => number, delayMs: number, fire: () => void) {
    this.#monotonicMs = monotonicMs;
    this.#deadlineMs = monotonicMs() + delayMs;
    this.#fire = fire;
    this.#timeout = this.#arm(delayMs);
  }

  cancel(): void {
    clearTimeout(this.#timeout);
  }

  #arm(delayMs: number): NodeJS.Timeout {
    return setTimeout(
      NodeTimer.#onTimeout,
      Math.min(Math.ceil(delayMs), TIMEOUT_MAX_MS),
      this,
    ).unref();
  }

  static #onTimeout(timer: NodeTimer): void {
    const leftMs = timer.#deadlineMs - timer.#monotonicMs();
    if (leftMs > 0) timer.#timeout = timer.#arm(leftMs);
    else timer.#fire();
  }
}
