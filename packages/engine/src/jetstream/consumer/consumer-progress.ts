import type { ByteReader, ByteWriter } from "@oxbow/log";

/** A message that was delivered and not yet acknowledged. */
export interface Pending {
  /** The consumer sequence of its first delivery. */
  readonly consumerSequence: number;
  /** When its ack wait began, in wall-clock milliseconds; later than now for a delayed nak. */
  sinceMs: number;
}

/** Deliveries or acknowledgements of consecutive sequences, as they are written to the journal. */
interface Run {
  sequence: number;
  consumerSequence: number;
  count: number;
  deliveries: number;
  atMs: number;
}

const FORMAT = 1;
/** What the `deliveries` of a run of acknowledgements say: one by one, everything up to it, or given up. */
const RUN_EXPLICIT = 0;
const RUN_ALL = 1;
const RUN_EXHAUSTED = 2;

/**
 * How far a consumer has come: what was delivered, what is pending, where the ack floor is. A pure state machine; each
 * change is remembered as part of a run until {@link encodeDelta} writes it, so that thousands of deliveries and
 * acknowledgements in order cost a few bytes of journal. A delta applies its deliveries before its acknowledgements,
 * which comes to the same: nothing is delivered again once it was acknowledged.
 */
export class ConsumerProgress {
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
  /** For `last_per_subject`: the sequences still to deliver before going on at `resumeSequence`. */
  skipList: number[] = [];
  resumeSequence = 0;
  #delivered: Run[] = [];
  #acked: Run[] = [];
  #isMoved = false;

  constructor(startSequence: number) {
    this.nextSequence = startSequence;
    this.floorStream = startSequence - 1;
    this.deliveredStream = startSequence - 1;
  }

  /** How often the message was delivered. */
  deliveriesOf(sequence: number): number {
    return this.deliveries.get(sequence) ?? (this.pending.has(sequence) ? 1 : 0);
  }

  /** Takes the next consumer sequence for a delivery of `sequence`, the `deliveries`-th one of it. */
  deliver(sequence: number, deliveries: number, nowMs: number, tracksAck: boolean): number {
    const consumerSequence = this.deliveredConsumer + 1;
    this.#applyDelivery(sequence, consumerSequence, deliveries, nowMs, tracksAck);
    const last = this.#delivered[this.#delivered.length - 1];
    if (
      last !== undefined &&
      last.deliveries === 1 &&
      deliveries === 1 &&
      last.sequence + last.count === sequence &&
      last.consumerSequence + last.count === consumerSequence
    ) {
      last.count++;
      last.atMs = nowMs;
    } else {
      this.#delivered.push({ sequence, consumerSequence, count: 1, deliveries, atMs: nowMs });
    }
    return consumerSequence;
  }

  /** Acknowledges one pending message; false if it is not pending. */
  ack(sequence: number, nowMs: number): boolean {
    this.deliveries.delete(sequence);
    if (!this.#applyAck(sequence, nowMs)) return false;
    const last = this.#acked[this.#acked.length - 1];
    if (last !== undefined && last.deliveries === RUN_EXPLICIT && last.sequence + last.count === sequence) {
      last.count++;
      last.atMs = nowMs;
    } else {
      this.#acked.push({ sequence, consumerSequence: 0, count: 1, deliveries: RUN_EXPLICIT, atMs: nowMs });
    }
    return true;
  }

  /** Acknowledges everything up to `sequence`, whose delivery had `consumerSequence`; false if that is nothing new. */
  ackAll(sequence: number, consumerSequence: number, nowMs: number): boolean {
    if (sequence <= this.floorStream || consumerSequence <= this.floorConsumer) return false;
    this.#applyAckAll(sequence, consumerSequence, nowMs);
    this.#acked.push({ sequence, consumerSequence, count: 1, deliveries: RUN_ALL, atMs: nowMs });
    return true;
  }

  /** Stops waiting for a message that was delivered as often as it may be; it stays counted as redelivered. */
  exhaust(sequence: number, deliveries: number): void {
    this.#applyExhausted(sequence, deliveries);
    this.#acked.push({
      sequence,
      consumerSequence: deliveries,
      count: 1,
      deliveries: RUN_EXHAUSTED,
      atMs: this.floorAtMs,
    });
  }

  /** The ack wait of a pending message begins (anew) at `sinceMs`. */
  touch(sequence: number, sinceMs: number): void {
    const pending = this.pending.get(sequence);
    if (pending !== undefined) pending.sinceMs = sinceMs;
  }

  /** Passes over sequences that are not for this consumer, or are gone. */
  skipTo(sequence: number): void {
    if (sequence <= this.nextSequence) return;
    this.nextSequence = sequence;
    this.#isMoved = true;
    if (this.pending.size === 0) this.floorStream = sequence - 1;
  }

  /** Whether anything changed since the last write. */
  get isDirty(): boolean {
    return this.#isMoved || this.#delivered.length > 0 || this.#acked.length > 0;
  }

  /** Has the next write be a snapshot's worth of change. */
  markMoved(): void {
    this.#isMoved = true;
  }

  encodeSnapshot(writer: ByteWriter): void {
    writer.integer(FORMAT);
    for (const value of [
      this.nextSequence,
      this.deliveredConsumer,
      this.deliveredStream,
      Math.floor(this.deliveredAtMs),
      this.floorConsumer,
      this.floorStream,
      Math.floor(this.floorAtMs),
      this.pending.size,
    ]) {
      writer.integer(value);
    }
    for (const [sequence, { consumerSequence, sinceMs }] of this.pending) {
      writer.integer(sequence);
      writer.integer(consumerSequence);
      writer.integer(Math.max(0, Math.floor(sinceMs)));
    }
    writer.integer(this.deliveries.size);
    for (const [sequence, count] of this.deliveries) {
      writer.integer(sequence);
      writer.integer(count);
    }
    writer.integer(this.resumeSequence);
    writer.integer(this.skipList.length);
    for (const sequence of this.skipList) writer.integer(sequence);
    this.#clearChanges();
  }

  encodeDelta(writer: ByteWriter): void {
    if (!this.isDirty) return;
    writer.integer(this.nextSequence);
    writer.integer(this.#delivered.length);
    for (const run of this.#delivered) {
      writer.integer(run.sequence);
      writer.integer(run.consumerSequence);
      writer.integer(run.count);
      writer.integer(run.deliveries);
      writer.integer(Math.floor(run.atMs));
    }
    writer.integer(this.#acked.length);
    for (const run of this.#acked) {
      writer.integer(run.sequence);
      writer.integer(run.consumerSequence);
      writer.integer(run.count);
      writer.integer(run.deliveries);
      writer.integer(Math.floor(run.atMs));
    }
    this.#clearChanges();
  }

  /** Takes what {@link encodeSnapshot} wrote. */
  restoreSnapshot(reader: ByteReader): boolean {
    if (reader.integer() !== FORMAT) return false;
    this.nextSequence = reader.integer();
    this.deliveredConsumer = reader.integer();
    this.deliveredStream = reader.integer();
    this.deliveredAtMs = reader.integer();
    this.floorConsumer = reader.integer();
    this.floorStream = reader.integer();
    this.floorAtMs = reader.integer();
    this.pending.clear();
    for (let left = reader.integer(); left > 0 && !reader.failed; left--) {
      const sequence = reader.integer();
      const consumerSequence = reader.integer();
      this.pending.set(sequence, { consumerSequence, sinceMs: reader.integer() });
    }
    this.deliveries.clear();
    for (let left = reader.integer(); left > 0 && !reader.failed; left--) {
      const sequence = reader.integer();
      this.deliveries.set(sequence, reader.integer());
    }
    this.resumeSequence = reader.integer();
    this.skipList = [];
    for (let left = reader.integer(); left > 0 && !reader.failed; left--) {
      this.skipList.push(reader.integer());
    }
    return !reader.failed;
  }

  /** Applies what {@link encodeDelta} wrote. */
  restoreDelta(reader: ByteReader, tracksAck: boolean): void {
    const nextSequence = reader.integer();
    for (let left = reader.integer(); left > 0 && !reader.failed; left--) {
      const [sequence, consumerSequence, count, deliveries, atMs] = readRun(reader);
      for (let i = 0; i < count; i++) {
        this.#applyDelivery(sequence + i, consumerSequence + i, deliveries, atMs, tracksAck);
      }
    }
    for (let left = reader.integer(); left > 0 && !reader.failed; left--) {
      const [sequence, consumerSequence, count, kind, atMs] = readRun(reader);
      if (kind === RUN_ALL) this.#applyAckAll(sequence, consumerSequence, atMs);
      else if (kind === RUN_EXHAUSTED) this.#applyExhausted(sequence, consumerSequence);
      else for (let i = 0; i < count; i++) this.#restoreAck(sequence + i, atMs);
    }
    this.nextSequence = Math.max(this.nextSequence, nextSequence);
    if (this.pending.size === 0) this.floorStream = Math.max(this.floorStream, nextSequence - 1);
  }

  #restoreAck(sequence: number, atMs: number): void {
    this.deliveries.delete(sequence);
    this.#applyAck(sequence, atMs);
  }

  #applyDelivery(
    sequence: number,
    consumerSequence: number,
    deliveries: number,
    nowMs: number,
    tracksAck: boolean,
  ): void {
    this.deliveredConsumer = consumerSequence;
    this.deliveredAtMs = nowMs;
    if (sequence > this.deliveredStream) this.deliveredStream = sequence;
    if (deliveries > 1) this.deliveries.set(sequence, deliveries);
    else this.#passed(sequence);
    if (!tracksAck) {
      this.floorConsumer = consumerSequence;
      this.floorStream = Math.max(this.floorStream, sequence);
      return;
    }
    const pending = this.pending.get(sequence);
    if (pending === undefined) this.pending.set(sequence, { consumerSequence, sinceMs: nowMs });
    else pending.sinceMs = nowMs;
  }

  /** Moves on behind a message that was delivered for the first time. */
  #passed(sequence: number): void {
    if (this.skipList.length > 0 && this.skipList[0] === sequence) {
      this.skipList.shift();
      this.nextSequence = this.skipList.length > 0 ? sequence + 1 : this.resumeSequence;
    } else {
      this.nextSequence = Math.max(this.nextSequence, sequence + 1);
    }
  }

  #applyAck(sequence: number, nowMs: number): boolean {
    const pending = this.pending.get(sequence);
    if (pending === undefined) return false;
    this.pending.delete(sequence);
    this.floorAtMs = nowMs;
    this.#moveFloor(pending.consumerSequence, sequence);
    return true;
  }

  #applyAckAll(sequence: number, consumerSequence: number, nowMs: number): void {
    this.floorStream = sequence;
    this.floorConsumer = consumerSequence;
    this.floorAtMs = nowMs;
    for (const pending of this.pending.keys()) if (pending <= sequence) this.pending.delete(pending);
    for (const seen of this.deliveries.keys()) if (seen <= sequence) this.deliveries.delete(seen);
  }

  #applyExhausted(sequence: number, deliveries: number): void {
    const pending = this.pending.get(sequence);
    if (pending !== undefined) {
      this.pending.delete(sequence);
      this.#moveFloor(pending.consumerSequence, sequence);
    }
    this.deliveries.set(sequence, deliveries);
  }

  /** The floor is just below the oldest pending delivery. */
  #moveFloor(consumerSequence: number, sequence: number): void {
    if (this.pending.size === 0) {
      this.floorConsumer = this.deliveredConsumer;
      this.floorStream = this.nextSequence - 1;
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

  #clearChanges(): void {
    this.#delivered = [];
    this.#acked = [];
    this.#isMoved = false;
  }
}

function readRun(reader: ByteReader): [number, number, number, number, number] {
  return [
    reader.integer(),
    reader.integer(),
    reader.integer(),
    reader.integer(),
    reader.integer(),
  ];
}
