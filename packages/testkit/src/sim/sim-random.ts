import { assert, type Random } from "@oxbow/base";

/**
 * A seeded generator: the same seed gives the same numbers on every machine. The algorithm is `sfc32` (Doty-Humphrey),
 * 128 bits of state, which passes PractRand.
 */
export class SimRandom implements Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number | string) {
    this.#seed = String(seed);
    this.#a = hash(this.#seed, 0x9e3779b9);
    this.#b = hash(this.#seed, 0x243f6a88);
    this.#c = hash(this.#seed, 0xb7e15162);
    for (let i = 0; i < 15; i += 1) this.#next();
  }

  /** A generator of its own for `name`: what it gives does not depend on how much was taken from this one. */
  fork(name: string): SimRandom {
    return new SimRandom(`${this.#seed}/${name}`);
  }

  fill(target: Uint8Array): void {
    for (let i = 0; i < target.length; i += 1) target[i] = this.#next() >>> 24;
  }

  below(end: number): number {
    assert(Number.isInteger(end) && end >= 1 && end <= 2 ** 32, `no integer below ${end}`);
    return Math.floor(this.fraction() * end);
  }

  /** A number in `[0, 1)` with 32 random bits. */
  fraction(): number {
    return this.#next() / 2 ** 32;
  }

  /** A number in `[min, max)`. */
  between(min: number, max: number): number {
    return min + this.fraction() * (max - min);
  }

  /** True with the given probability, from 0 to 1. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** A copy of `items` in a random order. */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i -= 1) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }

  #next(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result;
    return result >>> 0;
  }
}

/** FNV-1a over the text, finished as in MurmurHash3 so that close seeds lie far apart. */
function hash(text: string, start: number): number {
  let value = start;
  for (let i = 0; i < text.length; i += 1) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
