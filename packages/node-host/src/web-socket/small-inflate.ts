import { buildCode, type Code, FIXED_LENGTHS, LITERALS_MAX, makeCode } from "./huffman-code.ts";

const DISTANCES_MAX = 30;
const LENGTH_CODES = 19;
/** Ends a block of codes. */
const endOfBlock = 256;

/** What is left out at the end of each message (RFC 7692, section 7.2.2). */
const tail: readonly number[] = [0x00, 0x00, 0xff, 0xff];

const lengthBases = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
];
const lengthBits = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const distanceBases = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
  3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const distanceBits = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
/** In which order the lengths of the codes for lengths come. */
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Why a message is given up. Thrown inside, without the cost of an error. */
type Fault = "too-large" | "invalid";

const nothing = new Uint8Array(0);

/**
 * Decompresses messages of those whom nobody knows yet (DEFLATE, RFC 1951): into memory that all of them share, and not
 * one byte beyond its end. zlib takes 50 KiB for each message, which is soon free again, and late given back to the
 * system: a process would grow by what many strangers send at a time.
 */
export class SmallInflate {
  readonly #output: Buffer;
  #input: Uint8Array = nothing;
  #inputAt = 0;
  #bits = 0;
  #bitCount = 0;
  #size = 0;
  readonly #literals: Code = makeCode(LITERALS_MAX);
  readonly #distances: Code = makeCode(DISTANCES_MAX);
  readonly #lengths: Uint8Array = new Uint8Array(LITERALS_MAX + DISTANCES_MAX);

  /** @param sizeMax - Largest result in bytes. */
  constructor(sizeMax: number) {
    this.#output = Buffer.allocUnsafeSlow(sizeMax);
  }

  /** Decompresses a message. The result is valid until the next call. */
  inflate(message: Uint8Array): Buffer | Fault {
    this.#input = message;
    this.#inputAt = 0;
    this.#bits = 0;
    this.#bitCount = 0;
    this.#size = 0;
    try {
      this.#readBlocks();
      return this.#output.subarray(0, this.#size);
    } catch (fault) {
      if (fault === "too-large" || fault === "invalid") return fault;
      throw fault;
    } finally {
      this.#input = nothing;
    }
  }

  #readBlocks(): void {
    const inputEnd = this.#input.length + tail.length;
    let isLast = this.#input.length === 0;
    while (!isLast && this.#inputAt < inputEnd) {
      isLast = this.#take(1) === 1;
      const kind = this.#take(2);
      if (kind === 0) this.#copyStored();
      else if (kind === 1) this.#setFixedCodes();
      else if (kind === 2) this.#readCodes();
      else fail("invalid");
      if (kind !== 0) this.#readSymbols();
    }
  }

  /** The next `count` bits, at most 16; the first one is the lowest. */
  #take(count: number): number {
    while (this.#bitCount < count) {
      this.#bits |= this.#nextByte() << this.#bitCount;
      this.#bitCount += 8;
    }
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#bitCount -= count;
    return value;
  }

  #nextByte(): number {
    const at = this.#inputAt++;
    const byte = this.#input[at] ?? tail[at - this.#input.length];
    return byte ?? fail("invalid");
  }

  #copyStored(): void {
    // It begins with a whole byte.
    this.#bits = 0;
    this.#bitCount = 0;
    const size = this.#take(16);
    if ((size ^ this.#take(16)) !== 0xffff) fail("invalid");
    if (size > this.#output.length - this.#size) fail("too-large");
    for (let count = 0; count < size; count++) this.#output[this.#size++] = this.#nextByte();
  }

  #setFixedCodes(): void {
    buildCode(this.#literals, FIXED_LENGTHS, 0, LITERALS_MAX);
    this.#lengths.fill(5, 0, DISTANCES_MAX);
    buildCode(this.#distances, this.#lengths, 0, DISTANCES_MAX);
  }

  /** Reads the codes of a block, whose lengths are coded themselves. */
  #readCodes(): void {
    const literalCount = this.#take(5) + 257;
    const distanceCount = this.#take(5) + 1;
    const lengthCount = this.#take(4) + 4;
    if (literalCount > 286 || distanceCount > DISTANCES_MAX) fail("invalid");
    const lengths = this.#lengths.fill(0, 0, LENGTH_CODES);
    for (let index = 0; index < lengthCount; index++) {
      lengths[lengthOrder[index] as number] = this.#take(3);
    }
    if (buildCode(this.#literals, lengths, 0, LENGTH_CODES) !== "complete") fail("invalid");
    this.#readLengths(literalCount + distanceCount);
    if (lengths[endOfBlock] === 0) fail("invalid");
    const literals = buildCode(this.#literals, lengths, 0, literalCount);
    const distances = buildCode(this.#distances, lengths, literalCount, distanceCount);
    if (literals === "invalid" || distances === "invalid") fail("invalid");
  }

  #readLengths(count: number): void {
    for (let at = 0; at < count; ) {
      const symbol = this.#decode(this.#literals);
      if (symbol < 16) {
        this.#lengths[at++] = symbol;
        continue;
      }
      if (symbol === 16 && at === 0) fail("invalid");
      const repeated = symbol === 16 ? (this.#lengths[at - 1] as number) : 0;
      const times = symbol === 18 ? 11 + this.#take(7) : 3 + this.#take(symbol === 16 ? 2 : 3);
      if (at + times > count) fail("invalid");
      this.#lengths.fill(repeated, at, at + times);
      at += times;
    }
  }

  #readSymbols(): void {
    for (;;) {
      const symbol = this.#decode(this.#literals);
      if (symbol === endOfBlock) return;
      if (symbol > endOfBlock) this.#copyBack(symbol - endOfBlock - 1);
      else if (this.#size === this.#output.length) fail("too-large");
      else this.#output[this.#size++] = symbol;
    }
  }

  /** Repeats what came before. */
  #copyBack(code: number): void {
    const length = (lengthBases[code] ?? fail("invalid")) + this.#take(lengthBits[code] as number);
    const symbol = this.#decode(this.#distances);
    const distance = (distanceBases[symbol] as number) + this.#take(distanceBits[symbol] as number);
    if (distance > this.#size) fail("invalid");
    if (length > this.#output.length - this.#size) fail("too-large");
    for (let count = 0; count < length; count++) {
      this.#output[this.#size] = this.#output[this.#size - distance] as number;
      this.#size += 1;
    }
  }

  /** The next symbol. Codes are read from their highest bit on: longer ones come behind all that are shorter. */
  #decode({ counts, symbols }: Code): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= 15; length++) {
      code |= this.#take(1);
      const count = counts[length] as number;
      if (code - count < first) return symbols[index + code - first] as number;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return fail("invalid");
  }
}

function fail(fault: Fault): never {
  throw fault;
}
