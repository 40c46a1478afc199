import type { LogIndex } from "./log-index.ts";
import { TTL_NEVER } from "./record.ts";

const INITIAL_CAPACITY = 64;
/** Entries of messages that are gone that are always tolerated; beyond, no more than there are of others. */
const STALE_MIN = 1024;

/**
 * When the messages of a log end that have a lifetime of their own: a binary heap over two arrays, 16 bytes a message.
 * Lifetimes that are all alike come in the order of their ends, so that adding one costs nothing then.
 *
 * A message that goes earlier is left in here until its end comes, or until half of the entries are such.
 */
export class Expiries {
  readonly #index: LogIndex;
  #times = new Float64Array(INITIAL_CAPACITY);
  #sequences = new Float64Array(INITIAL_CAPACITY);
  #size = 0;

  /** Begins with what the index has. */
  constructor(index: LogIndex) {
    this.#index = index;
    this.#fill();
  }

  /** Entries held, of messages that are there and of some that are not. */
  get size(): number {
    return this.#size;
  }

  /** When the next message ends, in wall-clock milliseconds; `Infinity` if none ever does. */
  get nextAtMs(): number {
    this.#dropStale();
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#times[0] as number);
  }

  /** Which one that is; 0 if there is none. */
  get nextSequence(): number {
    this.#dropStale();
    return this.#size === 0 ? 0 : (this.#sequences[0] as number);
  }

  add(sequence: number, atMs: number): void {
    if (this.#size > 2 * this.#index.expiringCount + STALE_MIN) this.#fill();
    else this.#push(sequence, atMs);
  }

  /** Takes all messages of the index that end, and nothing else. */
  #fill(): void {
    this.#size = 0;
    for (const segment of this.#index.segments) {
      if (!segment.hasTtls) continue;
      for (let i = segment.nextLive(0); i < segment.length; i = segment.nextLive(i + 1)) {
        const ttlSeconds = segment.ttlAt(i);
        if (ttlSeconds === 0 || ttlSeconds === TTL_NEVER) continue;
        this.#push(segment.sequenceAt(i), segment.timeAt(i) + ttlSeconds * 1000);
      }
    }
  }

  #dropStale(): void {
    while (this.#size > 0) {
      const sequence = this.#sequences[0] as number;
      const segment = this.#index.segmentOf(sequence);
      const entry = segment === undefined ? -1 : segment.indexOf(sequence);
      if (segment !== undefined && entry >= 0 && segment.subjectAt(entry) !== 0) return;
      this.#pop();
    }
  }

  #push(sequence: number, atMs: number): void {
    if (this.#size === this.#times.length) this.#grow();
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!this.#isBefore(atMs, sequence, parent)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#times[at] = atMs;
    this.#sequences[at] = sequence;
  }

  #pop(): void {
    const last = --this.#size;
    const atMs = this.#times[last] as number;
    const sequence = this.#sequences[last] as number;
    let at = 0;
    for (let child = 1; child < last; child = 2 * at + 1) {
      const right = child + 1;
      const isRightFirst =
        right < last &&
        this.#isBefore(this.#times[right] as number, this.#sequences[right] as number, child);
      const first = isRightFirst ? right : child;
      if (this.#isBefore(atMs, sequence, first)) break;
      this.#move(first, at);
      at = first;
    }
    this.#times[at] = atMs;
    this.#sequences[at] = sequence;
  }

  #isBefore(atMs: number, sequence: number, other: number): boolean {
    const otherMs = this.#times[other] as number;
    return atMs < otherMs || (atMs === otherMs && sequence < (this.#sequences[other] as number));
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number;
    this.#sequences[to] = this.#sequences[from] as number;
  }

  #grow(): void {
    const times = new Float64Array(this.#size * 2);
    const sequences = new Float64Array(this.#size * 2);
    times.set(this.#times);
    sequences.set(this.#sequences);
    this.#times = times;
    this.#sequences = sequences;
  }
}
