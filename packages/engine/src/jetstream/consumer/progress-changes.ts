import type { ByteReader, ByteWriter } from "@oxbow/log";

/** Deliveries or acknowledgements of consecutive sequences, as they are written to the journal. */
interface Run {
  sequence: number;
  consumerSequence: number;
  count: number;
  /** For deliveries, the how many-th one it is; for acknowledgements, their kind. */
  kind: number;
  atMs: number;
}

/** The kinds of acknowledgements: one by one, everything up to it, or given up. */
const EXPLICIT = 0;
const ALL = 1;
const EXHAUSTED = 2;

/** What replays the changes of a consumer's progress. */
export interface ChangeTarget {
  applyDelivery(sequence: number, consumerSequence: number, deliveries: number, atMs: number): void;
  applyAck(sequence: number, atMs: number): void;
  applyAckAll(sequence: number, consumerSequence: number, atMs: number): void;
  applyExhausted(sequence: number, deliveries: number): void;
}

/**
 * What happened to a consumer's progress since it was last written, as runs, so that thousands of deliveries and
 * acknowledgements in order cost a few bytes of journal. Deliveries are replayed before acknowledgements, which comes
 * to the same: nothing is delivered again once it was acknowledged.
 */
export class ProgressChanges {
  #delivered: Run[] = [];
  #acked: Run[] = [];

  get isEmpty(): boolean {
    return this.#delivered.length === 0 && this.#acked.length === 0;
  }

  delivered(sequence: number, consumerSequence: number, deliveries: number, atMs: number): void {
    const last = this.#delivered[this.#delivered.length - 1];
    if (
      last !== undefined &&
      last.kind === 1 &&
      deliveries === 1 &&
      last.sequence + last.count === sequence &&
      last.consumerSequence + last.count === consumerSequence
    ) {
      last.count++;
      last.atMs = atMs;
    } else {
      this.#delivered.push({ sequence, consumerSequence, count: 1, kind: deliveries, atMs });
    }
  }

  acked(sequence: number, atMs: number): void {
    const last = this.#acked[this.#acked.length - 1];
    if (last !== undefined && last.kind === EXPLICIT && last.sequence + last.count === sequence) {
      last.count++;
      last.atMs = atMs;
    } else {
      this.#acked.push({ sequence, consumerSequence: 0, count: 1, kind: EXPLICIT, atMs });
    }
  }

  ackedAll(sequence: number, consumerSequence: number, atMs: number): void {
    this.#acked.push({ sequence, consumerSequence, count: 1, kind: ALL, atMs });
  }

  exhausted(sequence: number, deliveries: number): void {
    this.#acked.push({
      sequence,
      consumerSequence: deliveries,
      count: 1,
      kind: EXHAUSTED,
      atMs: 0,
    });
  }

  clear(): void {
    this.#delivered = [];
    this.#acked = [];
  }

  encode(writer: ByteWriter): void {
    for (const runs of [this.#delivered, this.#acked]) {
      writer.integer(runs.length);
      for (const run of runs) {
        writer.integer(run.sequence);
        writer.integer(run.consumerSequence);
        writer.integer(run.count);
        writer.integer(run.kind);
        writer.integer(Math.floor(run.atMs));
      }
    }
  }

  /** Applies what {@link encode} wrote. */
  static replay(reader: ByteReader, target: ChangeTarget): void {
    for (const { sequence, consumerSequence, count, kind, atMs } of readRuns(reader)) {
      for (let i = 0; i < count; i++) {
        target.applyDelivery(sequence + i, consumerSequence + i, kind, atMs);
      }
    }
    for (const { sequence, consumerSequence, count, kind, atMs } of readRuns(reader)) {
      if (kind === ALL) target.applyAckAll(sequence, consumerSequence, atMs);
      else if (kind === EXHAUSTED) target.applyExhausted(sequence, consumerSequence);
      else for (let i = 0; i < count; i++) target.applyAck(sequence + i, atMs);
    }
  }
}

function readRuns(reader: ByteReader): Run[] {
  const runs: Run[] = [];
  for (let left = reader.integer(); left > 0 && !reader.failed; left--) {
    runs.push({
      sequence: reader.integer(),
      consumerSequence: reader.integer(),
      count: reader.integer(),
      kind: reader.integer(),
      atMs: reader.integer(),
    });
  }
  return runs;
}
