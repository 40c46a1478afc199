/** Bytes taken in at a time: four lanes of 64 bits. */
const PACKET_SIZE = 32;
/** Bytes of a key. */
export const HIGHWAY_KEY_SIZE = 32;
/** Bytes of a digest. */
export const HIGHWAY_HASH_SIZE = 8;

/** The start of the multipliers, low and high half of each 64-bit number. */
const MUL0 = [
  0xfe4cce2f, 0xdbe6d5d5, 0x299f31d0, 0xa4093822, 0x03707344, 0x13198a2e, 0x85a308d3, 0x243f6a88,
];
const MUL1 = [
  0xcb0ef593, 0x3bd39e10, 0xb5f18a8c, 0xc0acf169, 0x34e90c6c, 0xbe5466cf, 0x38d01377, 0x452821e6,
];

/**
 * HighwayHash-64 (github.com/google/highwayhash), with which nats-server checks records and configurations in its stores
 * and archives. 64-bit numbers lie as pairs of halves, low one first, in arrays of 32-bit integers.
 */
export class HighwayHash {
  readonly #key: Uint32Array = new Uint32Array(8);
  readonly #v0: Uint32Array = new Uint32Array(8);
  readonly #v1: Uint32Array = new Uint32Array(8);
  readonly #mul0: Uint32Array = new Uint32Array(8);
  readonly #mul1: Uint32Array = new Uint32Array(8);
  readonly #lanes: Uint32Array = new Uint32Array(8);
  /** Bytes that do not make a packet yet. */
  readonly #rest: Uint8Array = new Uint8Array(PACKET_SIZE);
  #restSize = 0;

  /** @param key - 32 bytes. */
  constructor(key: Uint8Array) {
    readWords(key, 0, this.#key);
    this.reset();
  }

  /** Begins anew with the same key. */
  reset(): void {
    this.#restSize = 0;
    for (let i = 0; i < 8; i++) {
      this.#mul0[i] = MUL0[i] as number;
      this.#mul1[i] = MUL1[i] as number;
      this.#v0[i] = (MUL0[i] as number) ^ (this.#key[i] as number);
      this.#v1[i] = (MUL1[i] as number) ^ (this.#key[i ^ 1] as number);
    }
  }

  /** Takes the bytes in `[start, end)` in. */
  update(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    if (this.#restSize > 0) {
      const taken = Math.min(end - at, PACKET_SIZE - this.#restSize);
      this.#rest.set(bytes.subarray(at, at + taken), this.#restSize);
      this.#restSize += taken;
      at += taken;
      if (this.#restSize < PACKET_SIZE) return;
      this.#takePacket(this.#rest, 0);
      this.#restSize = 0;
    }
    for (; at + PACKET_SIZE <= end; at += PACKET_SIZE) this.#takePacket(bytes, at);
    this.#rest.set(bytes.subarray(at, end));
    this.#restSize = end - at;
  }

  /** Writes the digest of everything since the start to `target` at `at`; `reset` before anything else is done. */
  digest(target: Uint8Array, at: number): void {
    if (this.#restSize > 0) this.#takeRest();
    for (let round = 0; round < 4; round++) this.#permute();
    const sum = new Uint32Array(2);
    for (const lane of [this.#v0, this.#v1, this.#mul0, this.#mul1]) {
      add(sum, 0, lane[0] as number, lane[1] as number);
    }
    for (let i = 0; i < HIGHWAY_HASH_SIZE; i++) {
      target[at + i] = (sum[i >> 2] as number) >>> ((i & 3) * 8);
    }
  }

  #takePacket(bytes: Uint8Array, at: number): void {
    readWords(bytes, at, this.#lanes);
    this.#mix();
  }

  /** The last bytes, fewer than a packet, are spread so that their number counts too. */
  #takeRest(): void {
    const size = this.#restSize;
    const rest = this.#rest;
    const packet = new Uint8Array(PACKET_SIZE);
    const whole = size & ~3;
    const odd = size & 3;
    for (let i = 0; i < 8; i += 2) add(this.#v0, i, size, size);
    for (let i = 0; i < 8; i++) {
      const word = this.#v1[i] as number;
      this.#v1[i] = (word << size) | (size === 0 ? 0 : word >>> (32 - size));
    }
    packet.set(rest.subarray(0, whole));
    if ((size & 16) !== 0) {
      for (let i = 0; i < 4; i++) packet[28 + i] = rest[whole + i + odd - 4] as number;
    } else if (odd > 0) {
      packet[16] = rest[whole] as number;
      packet[17] = rest[whole + (odd >> 1)] as number;
      packet[18] = rest[whole + odd - 1] as number;
    }
    this.#takePacket(packet, 0);
  }

  #permute(): void {
    const { [0]: a, [1]: b, [2]: c, [3]: d, [4]: e, [5]: f, [6]: g, [7]: h } = this.#v0;
    this.#lanes.set([f, e, h, g, b, a, d, c] as number[]);
    this.#mix();
  }

  #mix(): void {
    const v0 = this.#v0;
    const v1 = this.#v1;
    const mul0 = this.#mul0;
    const mul1 = this.#mul1;
    const lanes = this.#lanes;
    for (let i = 0; i < 8; i += 2) {
      add(v1, i, mul0[i] as number, mul0[i + 1] as number);
      add(v1, i, lanes[i] as number, lanes[i + 1] as number);
      xorProduct(mul0, i, v1[i] as number, v0[i + 1] as number);
      add(v0, i, mul1[i] as number, mul1[i + 1] as number);
      xorProduct(mul1, i, v0[i] as number, v1[i + 1] as number);
    }
    zipperAdd(v1, v0, 0);
    zipperAdd(v1, v0, 4);
    zipperAdd(v0, v1, 0);
    zipperAdd(v0, v1, 4);
  }
}

function readWords(bytes: Uint8Array, at: number, target: Uint32Array): void {
  for (let i = 0; i < 8; i++) {
    const p = at + i * 4;
    target[i] =
      (bytes[p] as number) |
      ((bytes[p + 1] as number) << 8) |
      ((bytes[p + 2] as number) << 16) |
      ((bytes[p + 3] as number) << 24);
  }
}

/** Adds a 64-bit number to the one at `i`. */
function add(target: Uint32Array, i: number, low: number, high: number): void {
  const sum = (target[i] as number) + (low >>> 0);
  target[i] = sum;
  target[i + 1] = (target[i + 1] as number) + high + (sum > 0xffff_ffff ? 1 : 0);
}

/** XORs the 64-bit product of two 32-bit numbers into the number at `i`. */
function xorProduct(target: Uint32Array, i: number, a: number, b: number): void {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  const high = aHigh * bHigh + Math.floor(middle / 0x1_0000) + Math.floor(other / 0x1_0000);
  target[i] = (target[i] as number) ^ (((other & 0xffff) << 16) | (low & 0xffff));
  target[i + 1] = (target[i + 1] as number) ^ high;
}

/** Adds two numbers of `from`, their bytes shuffled, to those at the same place of `to`. */
function zipperAdd(from: Uint32Array, to: Uint32Array, i: number): void {
  const aLow = from[i] as number;
  const aHigh = from[i + 1] as number;
  const bLow = from[i + 2] as number;
  const bHigh = from[i + 3] as number;
  // Bytes of the first sum: a3 b4 a2 a5 b6 a1 b7 a0; of the second: b3 a4 b2 b5 b1 a6 b0 a7.
  const firstLow =
    (aLow >>> 24) | ((bHigh & 0xff) << 8) | (aLow & 0xff0000) | ((aHigh & 0xff00) << 16);
  const firstHigh =
    ((bHigh >>> 16) & 0xff) | (aLow & 0xff00) | ((bHigh >>> 24) << 16) | ((aLow & 0xff) << 24);
  const secondLow =
    (bLow >>> 24) | ((aHigh & 0xff) << 8) | (bLow & 0xff0000) | ((bHigh & 0xff00) << 16);
  const secondHigh =
    ((bLow >>> 8) & 0xff) |
    (((aHigh >>> 16) & 0xff) << 8) |
    ((bLow & 0xff) << 16) |
    (aHigh & 0xff000000);
  add(to, i, firstLow, firstHigh >>> 0);
  add(to, i + 2, secondLow, secondHigh >>> 0);
}
