import { writeDecimal } from "@oxbow/base";
import { parseDecimal } from "@oxbow/wire/nats";

const DOT = 0x2e;
const ZERO = 0x30;
/** Room for five numbers of at most 16 digits (the time takes 19) and their dots. */
const NUMBERS_SIZE_MAX = 96;

/** What an acknowledgement's subject says of the delivery it is for. */
export interface AckReference {
  deliveries: number;
  sequence: number;
  consumerSequence: number;
}

/**
 * The reply subjects of a consumer's deliveries, by which they are acknowledged (version 1 of ADR-15):
 *
 *     $JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<time ns>.<pending>
 *
 * Written into one buffer that is used again for each delivery, and read in place.
 */
export class AckSubject {
  /** Holds the subject of the last delivery, from 0 to {@link end}. */
  readonly bytes: Buffer;
  end = 0;
  /** What {@link read} found. */
  readonly reference: AckReference = { deliveries: 0, sequence: 0, consumerSequence: 0 };
  readonly #prefixSize: number;

  constructor(stream: string, consumer: string) {
    const prefix = Buffer.from(`$JS.ACK.${stream}.${consumer}.`);
    this.#prefixSize = prefix.length;
    this.bytes = Buffer.alloc(prefix.length + NUMBERS_SIZE_MAX);
    prefix.copy(this.bytes);
  }

  /** Writes the subject of a delivery into {@link bytes}. */
  write(
    deliveries: number,
    sequence: number,
    consumerSequence: number,
    seconds: number,
    nanos: number,
    pending: number,
  ): void {
    const { bytes } = this;
    let at = writeDecimal(bytes, this.#prefixSize, deliveries);
    bytes[at++] = DOT;
    at = writeDecimal(bytes, at, sequence);
    bytes[at++] = DOT;
    at = writeDecimal(bytes, at, consumerSequence);
    bytes[at++] = DOT;
    at = writeDecimal(bytes, at, seconds);
    at = writeNanos(bytes, at, nanos);
    bytes[at++] = DOT;
    this.end = writeDecimal(bytes, at, pending);
  }

  /**
   * Reads the subject `[start, end)` of an acknowledgement into {@link reference}; false if it makes no sense.
   *
   * @param scopeSize - Bytes of `<domain>.<account hash>.`, which version 2 has before the stream. Default: version 1.
   */
  read(buffer: Buffer, start: number, end: number, scopeSize = 0): boolean {
    const { reference } = this;
    const numbersStart = start + this.#prefixSize + scopeSize;
    const deliveriesEnd = tokenEnd(buffer, numbersStart, end);
    reference.deliveries = parseDecimal(buffer, numbersStart, deliveriesEnd);
    const sequenceEnd = tokenEnd(buffer, deliveriesEnd + 1, end);
    reference.sequence = parseDecimal(buffer, deliveriesEnd + 1, sequenceEnd);
    const consumerEnd = tokenEnd(buffer, sequenceEnd + 1, end);
    reference.consumerSequence = parseDecimal(buffer, sequenceEnd + 1, consumerEnd);
    return reference.deliveries > 0 && reference.sequence > 0 && reference.consumerSequence > 0;
  }
}

function tokenEnd(buffer: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && buffer[at] !== DOT) at++;
  return at;
}

/** Nine digits, which with the seconds before them make nanoseconds. */
function writeNanos(bytes: Buffer, at: number, nanos: number): number {
  let rest = nanos | 0;
  for (let position = at + 8; position >= at; position--) {
    const quotient = (rest / 10) | 0;
    bytes[position] = ZERO + (rest - quotient * 10);
    rest = quotient;
  }
  return at + 9;
}
