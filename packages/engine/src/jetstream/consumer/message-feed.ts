import type { Clock } from "@oxbow/base";
import type { Log } from "@oxbow/log";
import { type ConsumerConfig, consumerFilters } from "../config/consumer-config.ts";
import type { JetStreamServices } from "../services.ts";
import { SubjectFilter } from "../stream/subject-search.ts";
import type { TurnClock } from "../turn-clock.ts";
import { AckTimer } from "./ack-timer.ts";
import type { ConsumerProgress } from "./consumer-progress.ts";
import { PendingCount } from "./pending-count.ts";
import { ReplayPacer } from "./replay-pacer.ts";

/** Who hears of what happens in a feed. */
export interface FeedEvents {
  /** There may be something to deliver now. */
  onReady(): void;
  /** The same, but found out in the middle of a change to the log: not before the turn is over. */
  onReadyLater(): void;
  /** The progress changed. */
  onChanged(): void;
  /** The progress is another one: all of it is to be written. */
  onReplaced(): void;
  /** A message was delivered as often as it may be, and is given up. */
  onExhausted(sequence: number, deliveries: number): void;
  /** A message is gone from the stream that was pending. */
  onLost(sequence: number, consumerSequence: number, deliveries: number): void;
}

/**
 * Says which message a consumer delivers next, and keeps account of what was delivered: what is due again comes first,
 * then what is new and matches, as long as not too much is pending.
 */
export class MessageFeed {
  readonly progress: ConsumerProgress;
  readonly timer: AckTimer;
  readonly tracksAck: boolean;
  readonly pending: PendingCount;
  /** After a {@link next} that gave none: how long to wait until there is one, 0 if that is not known. */
  waitMs = 0;
  readonly #clock: Clock;
  readonly #turnClock: TurnClock;
  readonly #log: Log;
  readonly #events: FeedEvents;
  /** For `replay_policy: original`. */
  readonly #pacer: ReplayPacer | undefined;
  #filter: SubjectFilter;
  #ackPendingMax: number;
  #deliverMax: number;
  #isRedelivery = false;
  /** Whether a delivery had to wait because too many messages are pending. */
  #wasHeldUp = false;

  constructor(
    { clock, turnClock }: Pick<JetStreamServices, "clock" | "turnClock">,
    log: Log,
    config: ConsumerConfig,
    progress: ConsumerProgress,
    events: FeedEvents,
  ) {
    this.#clock = clock;
    this.#turnClock = turnClock;
    this.#log = log;
    this.#events = events;
    this.progress = progress;
    this.tracksAck = config.ack_policy !== "none";
    this.#filter = new SubjectFilter(log, consumerFilters(config));
    this.#ackPendingMax = config.max_ack_pending;
    this.#deliverMax = config.max_deliver;
    this.#pacer =
      config.replay_policy === "original" ? new ReplayPacer(log.lastSequence) : undefined;
    this.timer = new AckTimer(clock, progress, config, {
      onRedeliver: () => events.onReady(),
      onExhausted: (sequence, deliveries) => this.#exhaust(sequence, deliveries),
    });
    this.pending = new PendingCount(log, progress, this.#filter);
  }

  /** Which subjects it delivers. */
  get filter(): SubjectFilter {
    return this.#filter;
  }

  /** Begins to watch over what is pending. */
  start(): void {
    this.#forgetRemoved();
    this.pending.recount();
    this.timer.arm();
  }

  close(): void {
    this.timer.close();
  }

  /** Takes a changed configuration. */
  update(config: ConsumerConfig): void {
    this.#filter = new SubjectFilter(this.#log, consumerFilters(config));
    this.#ackPendingMax = config.max_ack_pending;
    this.#deliverMax = config.max_deliver;
    this.pending.filter = this.#filter;
    this.timer.update(config);
    this.timer.arm();
  }

  /** Goes on at `sequence`, as if nothing had been delivered from there on. */
  reset(sequence: number): void {
    this.timer.forgetUpTo(Number.POSITIVE_INFINITY);
    this.progress.reset(sequence);
    this.pending.recount();
    this.#wasHeldUp = false;
  }

  /** The last message that may be delivered. */
  get committedSequence(): number {
    return this.#log.committedSequence;
  }

  /** Whether as many messages are pending as may be. */
  get isStalled(): boolean {
    const max = this.#ackPendingMax;
    return this.tracksAck && max > 0 && this.progress.pending.size >= max;
  }

  /** The sequence of the next message to deliver, 0 if there is none now. */
  next(): number {
    this.waitMs = 0;
    const redelivery = this.#nextRedelivery();
    this.#isRedelivery = redelivery !== 0;
    return this.#isRedelivery ? redelivery : this.#nextNew();
  }

  /** The how many-th delivery of the message that {@link next} gave it will be. */
  deliveriesOf(sequence: number): number {
    return this.#isRedelivery ? this.progress.deliveriesOf(sequence) + 1 : 1;
  }

  /** Messages left to deliver for the first time, once the one that {@link next} gave is delivered. */
  get pendingAfter(): number {
    const { current } = this.pending;
    return this.#isRedelivery ? current : Math.max(0, current - 1);
  }

  /** The message that {@link next} gave was delivered for the `deliveries`-th time. */
  delivered(sequence: number, deliveries: number): void {
    this.progress.deliver(sequence, deliveries, this.#turnClock.turnMs);
    if (deliveries === 1) {
      this.pending.value--;
      this.#pacer?.delivered(this.#log.timeOf(sequence), this.#clock.monotonicMs());
    } else {
      this.timer.forget(sequence);
    }
    if (this.tracksAck) this.timer.delivered(deliveries);
  }

  /** Leaves the message out that {@link next} gave: it is gone, or damaged. */
  passOver(sequence: number): void {
    if (this.#isRedelivery) {
      this.#forget(sequence);
      return;
    }
    // What is damaged is still counted by the log, and so is here; what is gone was taken out when it went.
    const subjectId = this.#log.subjectIdOf(sequence);
    if (subjectId !== 0) this.pending.lost(sequence, subjectId);
    this.progress.skipTo(sequence + 1);
  }

  /** Deliveries were acknowledged: there may be room for others, once all that has come by now is taken in. */
  onAcknowledged(): void {
    this.#events.onChanged();
    if (!this.#wasHeldUp || this.isStalled) return;
    this.#wasHeldUp = false;
    this.#events.onReadyLater();
  }

  /** A message of the stream is gone. */
  onRemoved(sequence: number, subjectId: number): void {
    const { progress } = this;
    if (progress.isAwaited(sequence)) {
      this.pending.lost(sequence, subjectId);
      return;
    }
    const pending = progress.pending.get(sequence);
    const deliveries = progress.deliveriesOf(sequence);
    this.#forget(sequence);
    if (pending !== undefined) this.#events.onLost(sequence, pending.consumerSequence, deliveries);
  }

  /** Many messages of the stream are gone. */
  onTruncated(): void {
    this.#forgetRemoved();
    this.progress.truncate(this.#log.firstSequence);
    this.pending.recount();
    this.#events.onReplaced();
  }

  /** The next message that has to be delivered again, 0 if there is none. */
  #nextRedelivery(): number {
    const max = this.#deliverMax;
    for (;;) {
      const sequence = this.timer.nextRedelivery;
      if (sequence === 0) return 0;
      const deliveries = this.progress.deliveriesOf(sequence);
      if (max <= 0 || deliveries < max) return sequence;
      this.#exhaust(sequence, deliveries);
    }
  }

  /** The next message that was never delivered, 0 if there is none or too many are pending. */
  #nextNew(): number {
    const { progress } = this;
    if (this.isStalled) {
      this.#wasHeldUp = true;
      return 0;
    }
    const log = this.#log;
    if (progress.skips.length > 0) return this.#paced(progress.skips.first);
    if (progress.nextSequence > log.committedSequence) return 0;
    const sequence = this.#filter.isAll
      ? log.nextSequence(progress.nextSequence)
      : log.nextMatching(progress.nextSequence, this.#filter.matches);
    if (sequence > log.committedSequence) {
      // Nothing here is for this consumer: not to be looked at again.
      progress.skipTo(log.committedSequence + 1);
      return 0;
    }
    return this.#pacer === undefined ? sequence : this.#paced(sequence);
  }

  /** The sequence, or 0 if the pause before it is not over yet. */
  #paced(sequence: number): number {
    const timeMs = this.#log.timeOf(sequence);
    const delayMs = this.#pacer?.delayMs(sequence, timeMs, this.#clock.monotonicMs()) ?? 0;
    if (delayMs <= 0) return sequence;
    this.waitMs = delayMs;
    return 0;
  }

  #exhaust(sequence: number, deliveries: number): void {
    this.timer.forget(sequence);
    this.progress.exhaust(sequence, deliveries);
    this.#events.onChanged();
    if (this.#wasHeldUp) this.#events.onReadyLater();
    this.#events.onExhausted(sequence, deliveries);
  }

  /** Waits no more for a message that is gone. */
  #forget(sequence: number): void {
    this.timer.forget(sequence);
    if (!this.progress.ack(sequence, this.#turnClock.turnMs)) return;
    this.#events.onChanged();
    // Not at once: whoever removed the message may be in the middle of a change to the log.
    if (this.#wasHeldUp) this.#events.onReadyLater();
  }

  #forgetRemoved(): void {
    const { pending, deliveries } = this.progress;
    for (const sequence of [...pending.keys(), ...deliveries.keys()]) {
      if (this.#log.subjectIdOf(sequence) === 0) this.#forget(sequence);
    }
  }
}
