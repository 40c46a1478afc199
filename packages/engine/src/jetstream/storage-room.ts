import type { StorageType } from "./config/stream-config.ts";

/** What is known of a stream's use of storage. */
interface StorageUser {
  readonly config: { readonly storage: StorageType };
  readonly log: { readonly bytes: number };
}

/** Bytes that streams may take together; -1 is no limit. */
export interface StorageLimits {
  readonly memoryBytesMax: number;
  readonly storageBytesMax: number;
}

/**
 * Keeps streams together within limits on memory and storage. The streams are only counted when what
 * was left at the last count has been given out, for a count at each publish would take a server with many streams
 * long; what streams have removed since then comes back with the next count.
 */
export class StorageRoom {
  #limits: Readonly<Record<StorageType, number>>;
  readonly #streams: () => Iterable<StorageUser>;
  readonly #left: Record<StorageType, number> = { file: 0, memory: 0 };

  constructor(limits: StorageLimits, streams: () => Iterable<StorageUser>) {
    this.#limits = limitsOf(limits);
    this.#streams = streams;
  }

  /** Takes other limits; what was given out is counted again. */
  setLimits(limits: StorageLimits): void {
    this.#limits = limitsOf(limits);
    this.#left.file = 0;
    this.#left.memory = 0;
  }

  /** Gives back what {@link take} took and nobody used. */
  giveBack(storage: StorageType, charge: number): void {
    if (this.#limits[storage] >= 0) this.#left[storage] += charge;
  }

  /** Whether there is a limit at all. */
  get isLimited(): boolean {
    return this.#limits.file >= 0 || this.#limits.memory >= 0;
  }

  /** Takes room for `charge` bytes; false, having taken none, if there is not that much. */
  take(storage: StorageType, charge: number): boolean {
    const limit = this.#limits[storage];
    if (limit < 0) return true;
    if (this.#left[storage] < charge) this.#left[storage] = limit - this.#used(storage);
    if (this.#left[storage] < charge) return false;
    this.#left[storage] -= charge;
    return true;
  }

  #used(storage: StorageType): number {
    let used = 0;
    for (const { config, log } of this.#streams())
      if (config.storage === storage) used += log.bytes;
    return used;
  }
}

function limitsOf({ storageBytesMax, memoryBytesMax }: StorageLimits): Record<StorageType, number> {
  return { file: storageBytesMax, memory: memoryBytesMax };
}
