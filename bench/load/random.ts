import { writeOrder } from "./orders.ts";

/**
 * Fills `target` with reproducible noise, so that two processes given the same seed hold the same bytes and one can
 * check what the other sent. Random bytes, because zeros would flatter anything that compresses.
 */
export function fillRandom(target: Uint8Array, seed: number): void {
  let state = seed >>> 0;
  for (let i = 0; i < target.length; i++) {
    // One step of mulberry32; its low byte is good enough for incompressible payloads.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    target[i] = (mixed ^ (mixed >>> 14)) & 0xff;
  }
}

/** How many different payloads a publisher cycles through; the n-th message carries payload `n % PAYLOAD_COUNT`. */
export const PAYLOAD_COUNT = 1000;

/** Bytes at the front of a payload that a reader compares; enough to tell any two of the payloads apart. */
export const TAG_SIZE = 4;

/** What payloads are: random bytes, or orders in JSON, which fit a schema. */
export type PayloadKind = "noise" | "json";

/** A fixed set of random payloads of one size, the same in every process. */
export class Payloads {
  readonly size: number;
  readonly #bytes: Buffer;
  readonly #tags: Int32Array;

  /** @param size - Payload bytes, at least {@link TAG_SIZE}. */
  constructor(size: number, kind: PayloadKind = "noise") {
    this.size = size;
    this.#bytes = Buffer.allocUnsafe(size * PAYLOAD_COUNT);
    fillRandom(this.#bytes, size);
    if (kind === "json") {
      for (let i = 0; i < PAYLOAD_COUNT; i++) {
        writeOrder(this.#bytes.subarray(i * size, (i + 1) * size), i);
      }
    }
    this.#tags = new Int32Array(PAYLOAD_COUNT);
    for (let i = 0; i < PAYLOAD_COUNT; i++) this.#tags[i] = this.#bytes.readInt32LE(i * size);
  }

  /** Copies payload `index % PAYLOAD_COUNT` to `target` at `offset`. */
  copyTo(index: number, target: Buffer, offset: number): void {
    const start = (index % PAYLOAD_COUNT) * this.size;
    this.#bytes.copy(target, offset, start, start + this.size);
  }

  /** Whether the bytes at `offset` begin the payload of the message number `index`, counted from 0. */
  matches(index: number, buffer: Buffer, offset: number): boolean {
    const tag =
      (buffer[offset] as number) |
      ((buffer[offset + 1] as number) << 8) |
      ((buffer[offset + 2] as number) << 16) |
      ((buffer[offset + 3] as number) << 24);
    return this.#tags[index % PAYLOAD_COUNT] === tag;
  }
}
