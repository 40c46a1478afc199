import { crc32 } from "node:zlib";

/**
 * Count, bytes and checksum of a set of messages, in whatever order they are added: three members of a group see
 * them in an order nobody can foretell.
 *
 * The checksum is two sums of the messages' CRC-32, one of them scrambled, so that two errors hardly cancel out.
 */
export class Tally {
  #count = 0;
  #bytes = 0;
  #plainSum = 0;
  #scrambledSum = 0;

  add(subject: string, payload: Uint8Array): void {
    const hash = crc32(payload, crc32(subject));
    this.#count += 1;
    this.#bytes += payload.length;
    this.#plainSum = (this.#plainSum + hash) >>> 0;
    this.#scrambledSum = (this.#scrambledSum + scramble(hash)) >>> 0;
  }

  get count(): number {
    return this.#count;
  }

  /** Bytes of payload. */
  get bytes(): number {
    return this.#bytes;
  }

  /** 16 hexadecimal digits. */
  get checksum(): string {
    return [this.#plainSum, this.#scrambledSum]
      .map((sum) => sum.toString(16).padStart(8, "0"))
      .join("");
  }

  equals(other: Tally): boolean {
    const isAsMany = this.#count === other.#count && this.#bytes === other.#bytes;
    return isAsMany && this.checksum === other.checksum;
  }
}

/** The finalizer of MurmurHash3: every bit of the input changes about half of those of the output. */
function scramble(hash: number): number {
  let value = hash ^ (hash >>> 16);
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
