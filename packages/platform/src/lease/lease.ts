import { JetStreamApiError } from "@nats-io/jetstream";
import type { KV } from "@nats-io/kv";
import type { Clock, Timer } from "@oxbow/base";

const key = "lease";
const wrongLastSequence: readonly number[] = [10071, 10164];

/** Who hears of a lease. */
export interface LeaseEvents {
  /** It is held from now on. */
  readonly onHeld: () => void;
  /** It is held no more. */
  readonly onLost: () => void;
  /** It could not be renewed, or asked for. */
  readonly onProblem: (problem: unknown) => void;
}

/**
 * A right that one of several processes has at a time. Who has it writes its key again and again; who waits takes it once
 * nothing was written for a time by its own clock, so that clocks need not agree. Who can't write for that long has lost it.
 */
export class Lease {
  readonly #kv: KV;
  readonly #clock: Clock;
  readonly #holder: string;
  readonly #events: LeaseEvents;
  readonly #leaseMs: number;
  #revision = 0;
  #seenAtMs = 0;
  #isHeld = false;
  #isTaken = false;
  #timer: Timer | undefined;
  #isEnded = false;
  #stepping: Promise<void>;

  /**
   * Begins to ask for it at once.
   *
   * @param kv - The bucket whose key `lease` it is.
   * @param holder - A name that nobody else has.
   * @param leaseMs - How long nobody is heard of who has it until another one takes it. It is written three times in
   * that.
   */
  constructor(kv: KV, clock: Clock, holder: string, events: LeaseEvents, leaseMs: number) {
    this.#kv = kv;
    this.#clock = clock;
    this.#holder = holder;
    this.#events = events;
    this.#leaseMs = leaseMs;
    this.#stepping = this.#step();
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Whether nobody else is known to have it, though it may not be sure any more that it is held. */
  get isMine(): boolean {
    return this.#isHeld || this.#isTaken;
  }

  /** Resolves once it is known whether it is held at first. */
  get asked(): Promise<void> {
    return this.#stepping;
  }

  /** Gives it back, so that somebody else has it at once. */
  async release(): Promise<void> {
    this.#isEnded = true;
    this.#timer?.cancel();
    await this.#stepping;
    const isHeld = this.#isHeld;
    this.#isHeld = false;
    this.#isTaken = false;
    if (isHeld) {
      // If this fails, it lapses.
      await this.#kv.delete(key, { previousSeq: this.#revision }).catch(() => undefined);
    }
  }

  /** Ends without giving it back, as a process that dies does. */
  abandon(): void {
    this.#isEnded = true;
    this.#timer?.cancel();
    this.#isHeld = false;
  }

  async #step(): Promise<void> {
    try {
      if (this.#isTaken) await this.#renew();
      else await this.#ask();
    } catch (error) {
      this.#fail(error);
    }
    if (this.#isEnded) return;
    this.#timer = this.#clock.setTimer(this.#leaseMs / 3, () => {
      this.#stepping = this.#step();
    });
  }

  async #renew(): Promise<void> {
    this.#revision = await this.#write(this.#revision);
    this.#hold();
  }

  async #ask(): Promise<void> {
    const entry = await this.#kv.get(key);
    const nowMs = this.#clock.monotonicMs();
    const revision = entry?.revision ?? 0;
    // What could not be told to be written, and was, is one's own, too.
    const isFree = entry?.operation !== "PUT" || entry.string() === this.#holder;
    const isSeen = revision === this.#revision && this.#seenAtMs > 0;
    if (!isSeen) [this.#revision, this.#seenAtMs] = [revision, nowMs];
    const isLapsed = isSeen && nowMs - this.#seenAtMs >= this.#leaseMs;
    if (!isFree && !isLapsed) return;
    this.#revision = await this.#write(revision);
    this.#isTaken = true;
    this.#hold();
  }

  #write(previousSeq: number): Promise<number> {
    return this.#kv.put(key, this.#holder, { previousSeq });
  }

  #hold(): void {
    this.#seenAtMs = this.#clock.monotonicMs();
    if (this.#isHeld || this.#isEnded) return;
    this.#isHeld = true;
    this.#events.onHeld();
  }

  #fail(error: unknown): void {
    const isOthers = error instanceof JetStreamApiError && wrongLastSequence.includes(error.code);
    if (isOthers) {
      this.#isTaken = false;
      this.#revision = 0;
      this.#seenAtMs = 0;
    } else if (!this.#isEnded) {
      this.#events.onProblem(error);
    }
    const isLate = this.#clock.monotonicMs() - this.#seenAtMs >= this.#leaseMs || isOthers;
    if (!this.#isHeld || !isLate) return;
    this.#isHeld = false;
    this.#events.onLost();
  }
}
