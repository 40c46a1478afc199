import type { Clock, Timer } from "@oxbow/base";
import { nsToMs } from "../../time/ns-to-ms.ts";
import type { ConsumerConfig } from "../config/consumer-config.ts";
import type { ConsumerProgress } from "./consumer-progress.ts";

/** What comes of messages that were not acknowledged in time. */
export interface AckTimerEvents {
  /** Some are to be delivered again. */
  onRedeliver(): void;
  /** One was delivered as often as it may be. */
  onExhausted(sequence: number, deliveries: number): void;
}

/**
 * Watches over the pending messages of a consumer: which ones have to be delivered again, and when. One timer for all
 * of them; it looks through the pending messages when the first may be due, never on a delivery or acknowledgement.
 */
export class AckTimer {
  readonly #clock: Clock;
  readonly #progress: ConsumerProgress;
  readonly #events: AckTimerEvents;
  #ackWaitMs = 0;
  #backoffMs: number[] = [];
  #maxDeliver = 0;
  #timer: Timer | undefined;
  #dueAtMs = Number.POSITIVE_INFINITY;
  /** Whether the timer was set for later than a message may be due that is delivered meanwhile. */
  #isFar = false;
  /** Sequences to deliver again, in order, without those that were acknowledged meanwhile. */
  readonly #redeliveries: Set<number> = new Set();

  constructor(
    clock: Clock,
    progress: ConsumerProgress,
    config: ConsumerConfig,
    events: AckTimerEvents,
  ) {
    this.#clock = clock;
    this.#progress = progress;
    this.#events = events;
    this.update(config);
  }

  update(config: ConsumerConfig): void {
    this.#ackWaitMs = nsToMs(config.ack_wait);
    this.#backoffMs = config.backoff.map(nsToMs);
    this.#maxDeliver = config.max_deliver;
  }

  /** Whether anything is ever due. */
  get #isTimed(): boolean {
    return this.#ackWaitMs > 0 || this.#backoffMs.length > 0;
  }

  /** How many messages wait to be delivered again. */
  get redeliveryCount(): number {
    return this.#redeliveries.size;
  }

  /** Looks at what is pending already: after a restart, and when the waits have changed. */
  arm(): void {
    if (this.#isTimed && this.#progress.pending.size > 0) this.#check();
  }

  /** A message was delivered for the `deliveries`-th time: the timer fires in time for it. */
  delivered(deliveries: number): void {
    if (!this.#isTimed) return;
    if (this.#timer === undefined || this.#isFar) this.#arm(this.#waitMs(deliveries));
  }

  /** The next message to deliver again, 0 if there is none. It stays the next until it is forgotten. */
  get nextRedelivery(): number {
    for (const sequence of this.#redeliveries) return sequence;
    return 0;
  }

  /** The message is no longer pending, or was delivered again. */
  forget(sequence: number): void {
    if (this.#redeliveries.size > 0) this.#redeliveries.delete(sequence);
  }

  /** No message up to `sequence` is pending any more. */
  forgetUpTo(sequence: number): void {
    for (const waiting of this.#redeliveries) {
      if (waiting <= sequence) this.#redeliveries.delete(waiting);
    }
  }

  /** The ack wait of a message begins anew. */
  restart(sequence: number): void {
    this.#progress.touch(sequence, this.#clock.nowMs());
    this.#redeliveries.delete(sequence);
  }

  /** The message is to be delivered again, now or after `delayMs`. */
  nak(sequence: number, delayMs: number | undefined): void {
    if (delayMs === undefined || delayMs <= 0) {
      // One that was delivered as often as it may be is found out when it would be its turn.
      this.#redeliveries.add(sequence);
      this.#events.onRedeliver();
      return;
    }
    this.#redeliveries.delete(sequence);
    const waitMs = this.#waitMs(this.#progress.deliveriesOf(sequence));
    this.#progress.touch(sequence, this.#clock.nowMs() - waitMs + delayMs);
    this.#arm(delayMs);
  }

  /** Milliseconds until everything that is pending is due; 0 if all of it is, or nothing ever is. */
  get lastDueInMs(): number {
    if (!this.#isTimed) return 0;
    const nowMs = this.#clock.nowMs();
    let lastMs = 0;
    for (const [sequence, { sinceMs }] of this.#progress.pending) {
      const waitMs = this.#waitMs(this.#progress.deliveriesOf(sequence));
      lastMs = Math.max(lastMs, sinceMs + waitMs - nowMs);
    }
    return lastMs;
  }

  /** Everything that is pending is due now, whenever it was delivered. */
  expireAll(): void {
    const nowMs = this.#clock.nowMs();
    for (const sequence of [...this.#progress.pending.keys()].sort((a, b) => a - b)) {
      if (this.#redeliveries.has(sequence) || this.#isExhausted(sequence)) continue;
      this.#progress.touch(sequence, nowMs);
      this.#redeliveries.add(sequence);
    }
    this.arm();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** How long a message may be pending after its `deliveries`-th delivery. */
  #waitMs(deliveries: number): number {
    const steps = this.#backoffMs;
    if (steps.length === 0) return this.#ackWaitMs;
    return steps[Math.min(deliveries, steps.length) - 1] ?? this.#ackWaitMs;
  }

  #shortestWaitMs(): number {
    return this.#backoffMs.length === 0 ? this.#ackWaitMs : Math.min(...this.#backoffMs);
  }

  /** Has the timer fire within `delayMs`, unless it does so earlier anyway. */
  #arm(delayMs: number): void {
    const dueAtMs = this.#clock.monotonicMs() + delayMs;
    if (this.#timer !== undefined && this.#dueAtMs <= dueAtMs) return;
    this.#timer?.cancel();
    this.#dueAtMs = dueAtMs;
    this.#isFar = delayMs > this.#shortestWaitMs();
    this.#timer = this.#clock.setTimer(Math.max(1, delayMs), this.#check);
  }

  readonly #check = (): void => {
    this.#timer?.cancel();
    this.#timer = undefined;
    const nowMs = this.#clock.nowMs();
    const expired: number[] = [];
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [sequence, { sinceMs }] of this.#progress.pending) {
      if (this.#redeliveries.has(sequence)) continue;
      const leftMs = sinceMs + this.#waitMs(this.#progress.deliveriesOf(sequence)) - nowMs;
      if (leftMs > 0) nextMs = Math.min(nextMs, leftMs);
      else expired.push(sequence);
    }
    for (const sequence of expired.sort((a, b) => a - b)) {
      if (this.#isExhausted(sequence)) continue;
      this.#progress.touch(sequence, nowMs);
      this.#redeliveries.add(sequence);
    }
    if (nextMs === Number.POSITIVE_INFINITY && this.#redeliveries.size > 0) {
      nextMs = this.#shortestWaitMs();
    }
    if (nextMs !== Number.POSITIVE_INFINITY) this.#arm(nextMs);
    if (this.#redeliveries.size > 0) this.#events.onRedeliver();
  };

  #isExhausted(sequence: number): boolean {
    const deliveries = this.#progress.deliveriesOf(sequence);
    if (this.#maxDeliver <= 0 || deliveries < this.#maxDeliver) return false;
    this.#events.onExhausted(sequence, deliveries);
    return true;
  }
}
