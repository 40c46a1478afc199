import type { Clock } from "@oxbow/base";
import type { Block } from "./block.ts";

/**
 * Blocks of one size that are used again, because fresh ones cost page faults, and garbage collections that their
 * number alone provokes: without the pool they took a fifth of the CPU of a durable publish of 1 KiB messages.
 *
 * A block that is given back is handed out again in a later turn at the earliest, so that whoever was told of a record
 * in it may still read it in this one.
 */
export class BlockPool {
  readonly #clock: Clock;
  readonly #blockSize: number;
  readonly #countMax: number;
  readonly #free: Block[] = [];
  #returned: Block[] = [];

  /** @param countMax - Blocks that are kept at most; more are left to the garbage collector. */
  constructor(clock: Clock, blockSize: number, countMax: number) {
    this.#clock = clock;
    this.#blockSize = blockSize;
    this.#countMax = countMax;
  }

  /** A block, its content undefined; `undefined` if there is none. */
  take(): Block | undefined {
    return this.#free.pop();
  }

  /** Takes a block back; one of another size is ignored. */
  give(block: Block): void {
    if (block.bytes.length !== this.#blockSize) return;
    if (this.#returned.length === 0) this.#clock.afterTurn(this.#release);
    this.#returned.push(block);
  }

  readonly #release = (): void => {
    for (const block of this.#returned) {
      if (this.#free.length < this.#countMax) this.#free.push(block);
    }
    this.#returned = [];
  };
}
