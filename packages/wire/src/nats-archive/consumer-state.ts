import { archiveError } from "./errors.ts";

/**
 * What nats-server keeps of a consumer's progress (`obs/<name>/o.dat`): a byte 22, a version, then varints:
 *
 *     ack floor (consumer, stream), delivered (consumer, stream),
 *     number pending; if any: time T in s (signed), and for each: stream sequence - floor, consumer sequence - floor,
 *     T - time in s (signed),
 *     number redelivered, and for each: stream sequence - floor, count
 *
 * Version 1 lacks the consumer sequences of what is pending and has times as differences the other way round, and what
 * was delivered counted from the floor.
 */
const MAGIC = 22;
const VERSION = 2;
/** Entries a state may claim: each takes three bytes at least, so more than the bytes can hold is refused earlier. */
const ENTRY_SIZE_MIN = 2;

/** A pending message: delivered and not acknowledged. */
export interface ArchivedPending {
  readonly streamSequence: number;
  readonly consumerSequence: number;
  readonly deliveredAtSeconds: number;
}

/** How far a consumer has come. */
export interface ArchivedConsumerState {
  readonly ackFloor: { readonly consumer: number; readonly stream: number };
  readonly delivered: { readonly consumer: number; readonly stream: number };
  readonly pending: readonly ArchivedPending[];
  /** Stream sequence and how often it was delivered beyond the first time. */
  readonly redelivered: readonly (readonly [number, number])[];
}

/** The bytes of a state. */
export function encodeConsumerState(state: ArchivedConsumerState, nowSeconds: number): Buffer {
  const { ackFloor, delivered, pending, redelivered } = state;
  const out: number[] = [MAGIC, VERSION];
  for (const value of [
    ackFloor.consumer,
    ackFloor.stream,
    delivered.consumer,
    delivered.stream,
    pending.length,
  ]) {
    writeUnsigned(out, value);
  }
  if (pending.length > 0) writeSigned(out, nowSeconds);
  for (const entry of pending) {
    writeUnsigned(out, entry.streamSequence - ackFloor.stream);
    writeUnsigned(out, entry.consumerSequence - ackFloor.consumer);
    writeSigned(out, nowSeconds - entry.deliveredAtSeconds);
  }
  writeUnsigned(out, redelivered.length);
  for (const [sequence, count] of redelivered) {
    writeUnsigned(out, sequence - ackFloor.stream);
    writeUnsigned(out, count);
  }
  return Buffer.from(out);
}

/**
 * Reads what {@link encodeConsumerState}, or nats-server, wrote.
 *
 * @throws `ARCHIVE_INVALID`.
 */
export function decodeConsumerState(bytes: Buffer): ArchivedConsumerState {
  const version = bytes[1];
  if (bytes[0] !== MAGIC || (version !== 1 && version !== VERSION)) {
    throw archiveError("the state of a consumer that can't be read");
  }
  const reader = new VarintReader(bytes, 2);
  const ackFloor = { consumer: reader.unsigned(), stream: reader.unsigned() };
  const delivered = { consumer: reader.unsigned(), stream: reader.unsigned() };
  if (version === 1) {
    delivered.consumer += Math.max(0, ackFloor.consumer - 1);
    delivered.stream += Math.max(0, ackFloor.stream - 1);
  }
  const pending = readPending(reader, version, ackFloor);
  const redelivered: [number, number][] = [];
  for (let left = reader.count(); left > 0; left--) {
    redelivered.push([reader.unsigned() + ackFloor.stream, reader.unsigned()]);
  }
  return { ackFloor, delivered, pending, redelivered };
}

function readPending(
  reader: VarintReader,
  version: number,
  floor: { readonly consumer: number; readonly stream: number },
): ArchivedPending[] {
  const pending: ArchivedPending[] = [];
  const count = reader.count();
  const base = count > 0 ? reader.signed() : 0;
  for (let i = 0; i < count; i++) {
    const streamSequence = reader.unsigned() + floor.stream;
    const consumerSequence = version === 1 ? 0 : reader.unsigned() + floor.consumer;
    const time = reader.signed();
    const deliveredAtSeconds = version === 1 ? base + time : base - time;
    pending.push({ streamSequence, consumerSequence, deliveredAtSeconds });
  }
  return pending;
}

class VarintReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  unsigned(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw archiveError("the state of a consumer is cut short");
      value += (byte & 0x7f) * factor;
      if (!Number.isSafeInteger(value)) throw archiveError("a number beyond 2^53");
      if (byte < 0x80) return value;
    }
  }

  /** Zigzag. */
  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A number of entries that the bytes left can hold. */
  count(): number {
    const count = this.unsigned();
    if (count * ENTRY_SIZE_MIN > this.#bytes.length - this.#at) {
      throw archiveError("the state of a consumer is cut short");
    }
    return count;
  }
}

function writeUnsigned(out: number[], value: number): void {
  let left = value;
  while (left > 0x7f) {
    out.push((left % 0x80) + 0x80);
    left = Math.floor(left / 0x80);
  }
  out.push(left);
}

function writeSigned(out: number[], value: number): void {
  writeUnsigned(out, value < 0 ? -value * 2 - 1 : value * 2);
}
