import { DueHeap } from "@oxbow/base";
import type { LogIndex } from "./log-index.ts";
import { TTL_NEVER } from "./record.ts";

/** Entries of messages that are gone that are always tolerated; beyond, no more than there are of others. */
const STALE_MIN = 1024;

/**
 * When the messages of a log end that have a lifetime of their own: 16 bytes a message.
 *
 * A message that goes earlier is left in here until its end comes, or until half of the entries are such.
 */
export class Expiries {
  readonly #index: LogIndex;
  readonly #heap = new DueHeap();

  /** Begins with what the index has. */
  constructor(index: LogIndex) {
    this.#index = index;
    this.#fill();
  }

  /** Entries held, of messages that are there and of some that are not. */
  get size(): number {
    return this.#heap.size;
  }

  /** When the next message ends, in wall-clock milliseconds; `Infinity` if none ever does. */
  get nextAtMs(): number {
    this.#dropStale();
    return this.#heap.nextAtMs;
  }

  /** Which one that is; 0 if there is none. */
  get nextSequence(): number {
    this.#dropStale();
    return this.#heap.nextId;
  }

  add(sequence: number, atMs: number): void {
    if (this.#heap.size > 2 * this.#index.expiringCount + STALE_MIN) this.#fill();
    else this.#heap.push(sequence, atMs);
  }

  /** Takes all messages of the index that end, and nothing else. */
  #fill(): void {
    this.#heap.clear();
    for (const segment of this.#index.segments) {
      if (!segment.hasTtls) continue;
      for (let i = segment.nextLive(0); i < segment.length; i = segment.nextLive(i + 1)) {
        const ttlSeconds = segment.ttlAt(i);
        if (ttlSeconds === 0 || ttlSeconds === TTL_NEVER) continue;
        this.#heap.push(segment.sequenceAt(i), segment.timeAt(i) + ttlSeconds * 1000);
      }
    }
  }

  #dropStale(): void {
    const heap = this.#heap;
    for (let sequence = heap.nextId; sequence > 0; sequence = heap.nextId) {
      const segment = this.#index.segmentOf(sequence);
      const entry = segment === undefined ? -1 : segment.indexOf(sequence);
      if (segment !== undefined && entry >= 0 && segment.subjectAt(entry) !== 0) return;
      heap.pop();
    }
  }
}
