import type { Clock, Random, Timer } from "@oxbow/base";

/** A client is asked soon after it came, which also tells its round-trip time; later only when it is idle. */
const firstDelayMaxMs = 2_000;
/** The first delay is prolonged by up to this share, so that clients that came together are not asked together. */
const firstDelaySpread = 0.2;

/** A nanosecond: what was measured is never told as "unknown". */
const rttMsMin = 1e-6;

/** The connection that is kept alive. */
export interface KeptAlive {
  /** Operations received so far, PONG not counted: grows while the client is active. */
  readonly activityCount: number;
  sendPing(): void;
  /** Too many pings stayed unanswered. */
  onStale(): void;
}

/** When a client is asked, and how often it may leave that unanswered. */
export interface KeepAliveLimits {
  readonly pingIntervalMs: number;
  readonly pingsOutMax: number;
}

/** Pings a client while nothing comes from it, and finds out when it is gone. */
export class KeepAlive {
  /** Replaced when the options are; a timer that runs is not changed. */
  limits: KeepAliveLimits;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #connection: KeptAlive;
  #timer: Timer | undefined = undefined;
  #pingsOut = 0;
  #isFirst = true;
  #activityBefore = 0;
  /** When the client was last asked for something it has not answered yet: at first, to say who it is. */
  #askedAtMs: number | undefined;
  #rttMs = 0;
  readonly #onTimer = (): void => this.#check();

  constructor(connection: KeptAlive, clock: Clock, random: Random, limits: KeepAliveLimits) {
    this.#connection = connection;
    this.#clock = clock;
    this.#random = random;
    this.limits = limits;
    this.#askedAtMs = clock.monotonicMs();
  }

  /** How long the client took to answer the last time; 0 until then. */
  get rttMs(): number {
    return this.#rttMs;
  }

  /** Begins, or begins again, with the first ping after a short while. */
  start(): void {
    this.stop();
    this.#isFirst = true;
    const delayMs = Math.min(this.limits.pingIntervalMs, firstDelayMaxMs);
    const extraMs = this.#random.below(Math.max(1, Math.floor(delayMs * firstDelaySpread)));
    this.#timer = this.#clock.setTimer(delayMs + extraMs, this.#onTimer);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** The client said who it is. */
  onConnect(): void {
    this.#onAnswer();
    this.start();
  }

  onPong(): void {
    this.#pingsOut = 0;
    this.#onAnswer();
  }

  #onAnswer(): void {
    if (this.#askedAtMs === undefined) return;
    this.#rttMs = Math.max(rttMsMin, this.#clock.monotonicMs() - this.#askedAtMs);
    this.#askedAtMs = undefined;
  }

  #check(): void {
    const activity = this.#connection.activityCount;
    const isActive = activity !== this.#activityBefore && !this.#isFirst;
    this.#activityBefore = activity;
    this.#isFirst = false;
    if (!isActive) {
      if (this.#pingsOut + 1 > this.limits.pingsOutMax) {
        this.#timer = undefined;
        this.#connection.onStale();
        return;
      }
      this.#pingsOut++;
      this.#askedAtMs = this.#clock.monotonicMs();
      this.#connection.sendPing();
    }
    this.#timer = this.#clock.setTimer(this.limits.pingIntervalMs, this.#onTimer);
  }
}
