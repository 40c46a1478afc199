import type { ByteReader, ByteWriter } from "@oxbow/log";
import { type ChangeTarget, ProgressChanges } from "./progress-changes.ts";
import {
  type Pending,
  type ProgressState,
  readPosition,
  readSnapshot,
  writePosition,
  writeSnapshot,
} from "./progress-snapshot.ts";
import { SkipList } from "./skip-list.ts";

/** Up to where everything is acknowledged. */
export interface AckFloor {
  readonly consumer: number;
  readonly stream: number;
}

const noSequences: ReadonlySet<number> = new Set();

/**
 * How far a consumer has come: what was delivered, what is pending, where the ack floor is. A pure state machine, which
 * remembers each change until {@link encodeDelta} or {@link encodeSnapshot} writes it.
 */
export class ConsumerProgress implements ChangeTarget, ProgressState {
  /** The next stream sequence to consider. */
  nextSequence: number;
  deliveredConsumer = 0;
  deliveredStream = 0;
  deliveredAtMs = 0;
  floorConsumer = 0;
  floorStream = 0;
  floorAtMs = 0;
  readonly pending: Map<number, Pending> = new Map();
  /** Deliveries of messages that were delivered more than once and are not acknowledged. */
  readonly deliveries: Map<number, number> = new Map();
  /** For `last_per_subject`: what to deliver first. */
  readonly skips: SkipList = new SkipList();
  /** Told of each message that is waited for no longer because it was acknowledged, or needs no acknowledgement. */
  onSettled: ((sequence: number) => void) | undefined;
  /** Whether changes are remembered; false for progress that is never written. */
  isRecorded = true;
  readonly #tracksAck: boolean;
  readonly #changes = new ProgressChanges();
  /**
   * What is shown of the floor where that differs, as nats-server's does: one that moved because a message was given up
   * shows that only when others are acknowledged, and none shows messages that are for others. Not stored.
   */
  #shownFloor: AckFloor | undefined;
  #isMoved = false;

  /** @param tracksAck - Whether deliveries wait for an acknowledgement. */
  constructor(startSequence: number, tracksAck: boolean) {
    this.nextSequence = startSequence;
    this.floorStream = startSequence - 1;
    this.deliveredStream = startSequence - 1;
    this.#tracksAck = tracksAck;
  }

  /** The ack floor as it is shown. */
  get shownFloor(): AckFloor {
    return this.#shownFloor ?? { consumer: this.floorConsumer, stream: this.floorStream };
  }

  /** How often the message was delivered. */
  deliveriesOf(sequence: number): number {
    return this.deliveries.get(sequence) ?? (this.pending.has(sequence) ? 1 : 0);
  }

  /** The stream sequence of the last delivery, as it is shown: before the first, the last one that was considered. */
  get shownSequence(): number {
    const isNew = this.deliveredConsumer === 0 && this.deliveredStream === 0;
    return isNew ? this.nextSequence - 1 : this.deliveredStream;
  }

  /** From here on every message that matches is still to be delivered; what the skip list holds comes before. */
  get awaitedFrom(): number {
    return this.skips.length > 0 ? this.skips.resumeSequence : this.nextSequence;
  }

  /** Whether the message, if it matches, is still to be delivered for the first time. */
  isAwaited(sequence: number): boolean {
    return sequence >= this.awaitedFrom || this.skips.has(sequence);
  }

  /** Whether the message, if it matches, is still to be delivered or acknowledged. One that was given up is, too. */
  needs(sequence: number): boolean {
    return this.pending.has(sequence) || this.deliveries.has(sequence) || this.isAwaited(sequence);
  }

  /** Below this, no message is needed. */
  get neededFrom(): number {
    return this.deliveries.size > 0 ? 1 : this.floorStream + 1;
  }

  /** Takes the next consumer sequence for a delivery of `sequence`, the `deliveries`-th one of it. */
  deliver(sequence: number, deliveries: number, nowMs: number): number {
    const consumerSequence = this.deliveredConsumer + 1;
    this.applyDelivery(sequence, consumerSequence, deliveries, nowMs);
    if (this.isRecorded) this.#changes.delivered(sequence, consumerSequence, deliveries, nowMs);
    if (!this.#tracksAck) this.onSettled?.(sequence);
    return consumerSequence;
  }

  /** Forgets one message that is pending or was given up; false if it is neither. */
  ack(sequence: number, nowMs: number): boolean {
    if (!this.pending.has(sequence) && !this.deliveries.has(sequence)) return false;
    this.applyAck(sequence, nowMs);
    if (this.isRecorded) this.#changes.acked(sequence, nowMs);
    this.onSettled?.(sequence);
    return true;
  }

  /** Acknowledges everything up to `sequence`, whose delivery had `consumerSequence`; false if that is nothing new. */
  ackAll(sequence: number, consumerSequence: number, nowMs: number): boolean {
    if (sequence <= this.floorStream) return false;
    const settled = this.onSettled === undefined ? noSequences : this.#trackedUpTo(sequence);
    this.applyAckAll(sequence, consumerSequence, nowMs);
    if (this.isRecorded) this.#changes.ackedAll(sequence, consumerSequence, nowMs);
    for (const each of settled) this.onSettled?.(each);
    return true;
  }

  /** Stops waiting for a message that was delivered as often as it may be; it stays counted as redelivered. */
  exhaust(sequence: number, deliveries: number): void {
    this.applyExhausted(sequence, deliveries);
    if (this.isRecorded) this.#changes.exhausted(sequence, deliveries);
  }

  /** The ack wait of a pending message begins (anew) at `sinceMs`. */
  touch(sequence: number, sinceMs: number): void {
    const pending = this.pending.get(sequence);
    if (pending !== undefined) pending.sinceMs = sinceMs;
  }

  /** Passes over everything below `sequence` that was not delivered: it is not for this consumer, or is gone. */
  skipTo(sequence: number): void {
    if (sequence <= this.nextSequence) return;
    this.#moveOn(sequence);
    this.#isMoved = true;
  }

  /** Everything below `sequence` is gone from the stream, and nothing there is pending any more. */
  truncate(sequence: number): void {
    this.skipTo(sequence);
    this.deliveredStream = this.nextSequence - 1;
    this.#shownFloor = undefined;
    if (this.pending.size > 0) return;
    this.floorConsumer = this.deliveredConsumer;
    this.floorStream = this.deliveredStream;
  }

  /**
   * Goes on at `sequence` as a new consumer would: nothing is delivered, nothing pending. Not a change that is
   * remembered: the whole progress is to be written.
   */
  reset(sequence: number): void {
    const { skips } = this;
    // What is still to be delivered before the others comes again, and with it what of that is pending.
    const isSkipping = sequence < skips.resumeSequence;
    const pending = [...this.pending.keys()].filter((each) => each < skips.resumeSequence);
    const list = isSkipping ? [...pending, ...skips.sequences].sort((a, b) => a - b) : [];
    skips.reset(list, isSkipping ? skips.resumeSequence : 0);
    this.pending.clear();
    this.deliveries.clear();
    this.#clearChanges();
    this.#shownFloor = undefined;
    this.nextSequence = list[0] ?? (isSkipping ? skips.resumeSequence : sequence);
    this.deliveredConsumer = 0;
    this.deliveredStream = sequence - 1;
    this.deliveredAtMs = 0;
    this.floorConsumer = 0;
    this.floorStream = sequence - 1;
    this.floorAtMs = 0;
  }

  /** Whether anything changed since the last write that is to be written. */
  get isDirty(): boolean {
    return this.isRecorded && (this.#isMoved || !this.#changes.isEmpty);
  }

  encodeSnapshot(writer: ByteWriter): void {
    writeSnapshot(writer, this);
    this.#clearChanges();
  }

  encodeDelta(writer: ByteWriter): void {
    if (!this.isDirty) return;
    writePosition(writer, this);
    this.#changes.encode(writer);
    this.#clearChanges();
  }

  /** Takes what {@link encodeSnapshot} wrote; false if it can't be read. */
  restoreSnapshot(reader: ByteReader): boolean {
    if (!readSnapshot(reader, this)) return false;
    this.#showRestored();
    return true;
  }

  /** Applies what {@link encodeDelta} wrote. */
  restoreDelta(reader: ByteReader): void {
    // The position is what all the changes led to. It comes first, and is set last.
    const position = readPosition(reader);
    ProgressChanges.replay(reader, this);
    if (reader.failed) return;
    this.nextSequence = position.nextSequence;
    this.skips.dropBelow(position.nextSequence);
    this.floorConsumer = position.floorConsumer;
    this.floorStream = position.floorStream;
    this.floorAtMs = position.floorAtMs;
    this.#showRestored();
  }

  applyDelivery(
    sequence: number,
    consumerSequence: number,
    deliveries: number,
    nowMs: number,
  ): void {
    this.deliveredConsumer = consumerSequence;
    this.deliveredAtMs = nowMs;
    if (sequence > this.deliveredStream) this.deliveredStream = sequence;
    if (deliveries > 1) this.deliveries.set(sequence, deliveries);
    else this.#moveOn(sequence + 1);
    if (!this.#tracksAck) {
      this.floorConsumer = consumerSequence;
      this.floorStream = Math.max(this.floorStream, sequence);
      return;
    }
    const pending = this.pending.get(sequence);
    if (pending === undefined) this.pending.set(sequence, { consumerSequence, sinceMs: nowMs });
    else pending.sinceMs = nowMs;
  }

  applyAck(sequence: number, nowMs: number): void {
    this.deliveries.delete(sequence);
    const pending = this.pending.get(sequence);
    if (pending === undefined) return;
    this.pending.delete(sequence);
    this.floorAtMs = nowMs;
    this.#moveFloor(pending.consumerSequence, sequence);
    const shown = this.#shownFloor;
    const isNext = shown !== undefined && pending.consumerSequence === shown.consumer + 1;
    if (isNext && this.pending.size > 0) this.#shownFloor = undefined;
  }

  applyAckAll(sequence: number, consumerSequence: number, nowMs: number): void {
    this.#shownFloor = undefined;
    this.floorStream = sequence;
    // The acknowledgement of an earlier delivery can come after that of a redelivery, whose number is higher.
    this.floorConsumer = Math.max(this.floorConsumer, consumerSequence);
    this.floorAtMs = nowMs;
    for (const pending of this.pending.keys())
      if (pending <= sequence) this.pending.delete(pending);
    for (const seen of this.deliveries.keys()) if (seen <= sequence) this.deliveries.delete(seen);
  }

  applyExhausted(sequence: number, deliveries: number): void {
    const pending = this.pending.get(sequence);
    if (pending !== undefined) {
      const shown = this.shownFloor;
      this.pending.delete(sequence);
      this.#moveFloor(pending.consumerSequence, sequence);
      this.#shownFloor = shown;
    }
    this.deliveries.set(sequence, deliveries);
  }

  /** What was delivered up to `sequence` and is waited for, or was given up. */
  #trackedUpTo(sequence: number): Set<number> {
    const tracked = new Set<number>();
    for (const pending of this.pending.keys()) if (pending <= sequence) tracked.add(pending);
    for (const seen of this.deliveries.keys()) if (seen <= sequence) tracked.add(seen);
    return tracked;
  }

  #moveOn(sequence: number): void {
    const { skips } = this;
    const wasSkipping = skips.length > 0;
    if (wasSkipping) skips.dropBelow(sequence);
    const next = wasSkipping && skips.length === 0 ? skips.resumeSequence : 0;
    this.nextSequence = Math.max(this.nextSequence, sequence, next);
  }

  /** The floor is just below the oldest pending delivery. */
  #moveFloor(consumerSequence: number, sequence: number): void {
    if (this.pending.size === 0) {
      this.floorConsumer = this.deliveredConsumer;
      this.floorStream = this.nextSequence - 1;
      this.#showDelivered();
      return;
    }
    if (consumerSequence !== this.floorConsumer + 1) return;
    this.floorConsumer = consumerSequence;
    this.floorStream = sequence;
    for (let next = sequence + 1; next < this.nextSequence; next++) {
      const pending = this.pending.get(next);
      if (pending === undefined) continue;
      this.floorConsumer = pending.consumerSequence - 1;
      this.floorStream = next - 1;
      return;
    }
  }

  /** With nothing pending, the floor is shown at the last delivery. */
  #showDelivered(): void {
    const isSame = this.floorStream === this.deliveredStream;
    this.#shownFloor = isSame
      ? undefined
      : { consumer: this.deliveredConsumer, stream: this.deliveredStream };
  }

  #showRestored(): void {
    this.#shownFloor = undefined;
    if (this.pending.size === 0 && this.deliveredConsumer > 0) this.#showDelivered();
  }

  #clearChanges(): void {
    this.#changes.clear();
    this.#isMoved = false;
  }
}
