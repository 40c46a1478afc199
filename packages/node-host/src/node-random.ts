import { randomFillSync } from "node:crypto";
import { assert, type Random } from "@oxbow/base";

/** Bytes fetched from the system at a time; a call for 4 bytes costs about as much as one for 4 KiB. */
const POOL_SIZE = 4096;

/** The system's CSPRNG, through a pool. Bytes are wiped from the pool as they are handed out. */
export class NodeRandom implements Random {
  readonly #pool = Buffer.alloc(POOL_SIZE);
  #position: number = POOL_SIZE;

  fill(target: Uint8Array): void {
    if (target.length > POOL_SIZE / 4) {
      randomFillSync(target);
      return;
    }
    const start = this.#take(target.length);
    this.#pool.copy(target, 0, start, start + target.length);
    this.#pool.fill(0, start, start + target.length);
  }

  below(end: number): number {
    assert(Number.isInteger(end) && end >= 1 && end <= 2 ** 32, `no integer below ${end}`);
    // Words from the last, incomplete run of `end` are thrown away: taking them would favour the small results.
    const fairEnd = 2 ** 32 - (2 ** 32 % end);
    for (;;) {
      const word = this.#pool.readUInt32LE(this.#take(4));
      if (word < fairEnd) return word % end;
    }
  }

  /** Position of `size` unused bytes of the pool. */
  #take(size: number): number {
    if (this.#position + size > POOL_SIZE) {
      randomFillSync(this.#pool);
      this.#position = 0;
    }
    const start = this.#position;
    this.#position += size;
    return start;
  }
}
