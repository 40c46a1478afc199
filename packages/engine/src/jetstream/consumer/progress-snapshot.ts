import type { ByteReader, ByteWriter } from "@oxbow/log";
import type { SkipList } from "./skip-list.ts";

/** A message that was delivered and not yet acknowledged. */
export interface Pending {
  /** The consumer sequence of its first delivery. */
  readonly consumerSequence: number;
  /** When its ack wait began, in wall-clock milliseconds; later than now for a delayed nak. */
  sinceMs: number;
}

/** What every change can move: where the consumer goes on, and its ack floor. */
export interface ProgressPosition {
  nextSequence: number;
  floorConsumer: number;
  floorStream: number;
  floorAtMs: number;
}

/** All that is stored of how far a consumer has come. */
export interface ProgressState extends ProgressPosition {
  deliveredConsumer: number;
  deliveredStream: number;
  deliveredAtMs: number;
  readonly pending: Map<number, Pending>;
  readonly deliveries: Map<number, number>;
  readonly skips: SkipList;
}

const FORMAT = 1;

export function writePosition(writer: ByteWriter, position: ProgressPosition): void {
  writer.integer(position.nextSequence);
  writer.integer(position.floorConsumer);
  writer.integer(position.floorStream);
  writer.integer(Math.floor(position.floorAtMs));
}

/** Reads what {@link writePosition} wrote; the reader has failed if that is not there. */
export function readPosition(reader: ByteReader): ProgressPosition {
  return {
    nextSequence: reader.integer(),
    floorConsumer: reader.integer(),
    floorStream: reader.integer(),
    floorAtMs: reader.integer(),
  };
}

/**
 * Writes the whole progress: the format's number, the position, the last delivery (consumer sequence, stream sequence,
 * milliseconds), what is pending (a count, then stream sequence, consumer sequence and milliseconds of each), what was
 * delivered more than once (a count, then stream sequence and deliveries of each), the skip list.
 */
export function writeSnapshot(writer: ByteWriter, state: ProgressState): void {
  writer.integer(FORMAT);
  writePosition(writer, state);
  writer.integer(state.deliveredConsumer);
  writer.integer(state.deliveredStream);
  writer.integer(Math.floor(state.deliveredAtMs));
  writer.integer(state.pending.size);
  for (const [sequence, { consumerSequence, sinceMs }] of state.pending) {
    writer.integer(sequence);
    writer.integer(consumerSequence);
    writer.integer(Math.max(0, Math.floor(sinceMs)));
  }
  writer.integer(state.deliveries.size);
  for (const [sequence, count] of state.deliveries) {
    writer.integer(sequence);
    writer.integer(count);
  }
  state.skips.encode(writer);
}

/** Fills `state` with what {@link writeSnapshot} wrote; false, with `state` in part overwritten, if it can't be read. */
export function readSnapshot(reader: ByteReader, state: ProgressState): boolean {
  if (reader.integer() !== FORMAT) return false;
  Object.assign(state, readPosition(reader));
  state.deliveredConsumer = reader.integer();
  state.deliveredStream = reader.integer();
  state.deliveredAtMs = reader.integer();
  state.pending.clear();
  for (let left = reader.integer(); left > 0 && !reader.failed; left--) {
    const sequence = reader.integer();
    const consumerSequence = reader.integer();
    state.pending.set(sequence, { consumerSequence, sinceMs: reader.integer() });
  }
  state.deliveries.clear();
  for (let left = reader.integer(); left > 0 && !reader.failed; left--) {
    const sequence = reader.integer();
    state.deliveries.set(sequence, reader.integer());
  }
  state.skips.restore(reader);
  return !reader.failed;
}
