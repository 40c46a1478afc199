const firstSize = 256;

/** Bytes that come in pieces and are wanted whole. They are copied, so that no chunk of the network is pinned. */
export class GatheredBytes {
  #buffer: Buffer | undefined = undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a copy of `bytes`. Together they never are more than `sizeMax`; nothing is made ready that is larger. */
  add(bytes: Buffer, sizeMax: number): void {
    if (bytes.length === 0) return;
    const size = this.#size + bytes.length;
    const { length } = this.#buffer ?? { length: 0 };
    if (size > length) {
      const grown = Buffer.allocUnsafeSlow(
        Math.max(size, Math.min(sizeMax, Math.max(firstSize, 2 * length))),
      );
      this.#buffer?.copy(grown, 0, 0, this.#size);
      this.#buffer = grown;
    }
    bytes.copy(this.#buffer as Buffer, this.#size);
    this.#size = size;
  }

  /** Where `wanted` is, from `start` on; -1: nowhere. */
  indexOf(wanted: Buffer, start: number): number {
    return this.#buffer?.subarray(0, this.#size).indexOf(wanted, start) ?? -1;
  }

  /** Takes everything out, with `last` behind it, which is not copied if it is all. */
  takeWith(last: Buffer): Buffer {
    if (this.#size === 0) return last;
    this.add(last, this.#size + last.length);
    const bytes = (this.#buffer as Buffer).subarray(0, this.#size);
    this.#buffer = undefined;
    this.#size = 0;
    return bytes;
  }
}
