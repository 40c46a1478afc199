import { assert, type Timer } from "@oxbow/base";
import { EventHeap, type SimEvent } from "./event-heap.ts";
import type { Life } from "./life.ts";

/** Why {@link SimLoop.run} ended. */
export type RunEnd = "idle" | "time" | "events" | "until";

/** Where {@link SimLoop.run} ends, besides when nothing is left to happen. */
export interface RunLimits {
  /** Virtual time up to which events are run, inclusive; the time then stands there. */
  readonly untilMs?: number;
  /** How many events are run at most. */
  readonly events?: number;
  /** Asked between events; true ends the run. */
  readonly until?: () => boolean;
}

/** Virtual time a body may take in {@link SimLoop.play}: one hour. */
const PLAY_LIMIT_MS = 3_600_000;

/**
 * Virtual time and the events in it: a discrete event simulation.
 *
 * Events run one at a time, by time and then in the order they were scheduled. Between two events all microtasks run dry,
 * so promises behave as they do on a real loop. Chance enters only through the seeded delays events are scheduled
 * with, hence the same seed gives the same run, which {@link fingerprint} sums up. Code under simulation must wait for
 * nothing outside it (real files, sockets, timers).
 */
export class SimLoop {
  readonly #events = new EventHeap();
  readonly #lines: string[] | undefined;
  #nowMs = 0;
  #eventCount = 0;
  /** Scheduled events that are no timers: while there are some, something is under way. */
  #workCount = 0;
  #hash = 0x811c9dc5;
  #isRunning = false;

  /** @param keepsTrace - Keep a line per event in {@link trace}: memory grows with the run. */
  constructor(keepsTrace = false) {
    this.#lines = keepsTrace ? [] : undefined;
  }

  /** Virtual milliseconds since the start. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Events run so far. */
  get eventCount(): number {
    return this.#eventCount;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** A hash of every event so far and its time; two runs with the same value went the same way. */
  get fingerprint(): string {
    return `${this.#eventCount}:${(this.#hash >>> 0).toString(16).padStart(8, "0")}`;
  }

  /** A line per event, if asked for. */
  get trace(): readonly string[] {
    return this.#lines ?? [];
  }

  /** Has `run` called `delayMs` from now, unless `life` ends or it is cancelled before. */
  schedule(life: Life, delayMs: number, label: string, run: () => void): Timer {
    this.#workCount += 1;
    return this.#add(life, delayMs, label, run, true);
  }

  /** Like {@link schedule}, for what only waits: {@link settle} does not wait for it. */
  scheduleTimer(life: Life, delayMs: number, label: string, run: () => void): Timer {
    return this.#add(life, delayMs, label, run, false);
  }

  /** Runs events until a limit is met or none is left. An error thrown by an event rejects it. */
  async run(limits: RunLimits = {}): Promise<RunEnd> {
    assert(!this.#isRunning, "the simulation is running already");
    this.#isRunning = true;
    try {
      return await this.#run(limits);
    } finally {
      this.#isRunning = false;
    }
  }

  /** Runs until nothing but timers is left: all input and output has been handled. Timers that come due on the way fire. */
  async settle(): Promise<void> {
    await this.run({ until: () => this.#workCount === 0 });
  }

  /**
   * Runs events until the promise of `body` settles, and settles the same way. Rejects if nothing is left to happen
   * and it still waits, or if it takes more than `limitMs` of virtual time.
   */
  async play<T>(body: () => Promise<T>, limitMs: number = PLAY_LIMIT_MS): Promise<T> {
    const startedAtMs = this.#nowMs;
    let isSettled = false;
    const outcome = Promise.resolve().then(body);
    const settled = () => (isSettled = true);
    outcome.then(settled, settled);
    const end = await this.run({ until: () => isSettled, untilMs: startedAtMs + limitMs });
    if (!isSettled) {
      throw new Error(
        end === "idle"
          ? "the simulated code waits, but nothing is left to happen"
          : `the simulated code takes longer than ${limitMs} ms`,
      );
    }
    return await outcome;
  }

  #add(life: Life, delayMs: number, label: string, run: () => void, isWork: boolean): Timer {
    assert(delayMs >= 0, `an event's delay is at least 0, not ${delayMs}`);
    const event = { atMs: this.#nowMs + delayMs, order: 0, life, label, run, isWork };
    this.#events.push(event);
    return { cancel: () => this.#drop(event) };
  }

  /** Leaves a cancelled event in the heap, to be skipped. */
  #drop(event: SimEvent): void {
    if (!event.run) return;
    event.run = undefined;
    if (event.isWork) this.#workCount -= 1;
  }

  async #run({ untilMs = Infinity, events = Infinity, until }: RunLimits): Promise<RunEnd> {
    const eventCountEnd = this.#eventCount + events;
    for (;;) {
      await microtasksDone();
      if (until?.()) return "until";
      if (this.#eventCount >= eventCountEnd) return "events";
      const event = this.#peek();
      if (!event || event.atMs > untilMs) {
        if (untilMs < Infinity) this.#nowMs = Math.max(this.#nowMs, untilMs);
        return event ? "time" : "idle";
      }
      this.#events.pop();
      this.#fire(event);
    }
  }

  /** The next event that is to happen; those of ended lives and cancelled ones are thrown away. */
  #peek(): SimEvent | undefined {
    for (;;) {
      const event = this.#events.peek();
      if (!event || (event.run && !event.life.isOver)) return event;
      this.#drop(event);
      this.#events.pop();
    }
  }

  #fire(event: SimEvent): void {
    const run = event.run;
    this.#drop(event);
    this.#nowMs = event.atMs;
    this.#eventCount += 1;
    const line = `${event.atMs.toFixed(3)} ${event.life.name} ${event.label}`;
    this.#lines?.push(line);
    for (let i = 0; i < line.length; i += 1) {
      this.#hash = Math.imul(this.#hash ^ line.charCodeAt(i), 0x01000193);
    }
    run?.();
  }
}

/** Node runs all microtasks, and all of `process.nextTick`, before a `setImmediate`. */
function microtasksDone(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
