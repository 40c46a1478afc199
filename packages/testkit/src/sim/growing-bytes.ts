/** The bytes of a file in memory. What lies beyond a write's start and was never written is zero. */
export class GrowingBytes {
  #bytes: Uint8Array;
  #size: number;

  /** Starts with a copy of `content`. */
  constructor(content: Uint8Array) {
    this.#bytes = content.slice();
    this.#size = content.length;
  }

  get size(): number {
    return this.#size;
  }

  copy(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }

  read(target: Uint8Array, position: number): number {
    const end = Math.min(this.#size, position + target.length);
    if (end <= position) return 0;
    target.set(this.#bytes.subarray(position, end));
    return end - position;
  }

  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return;
    this.resize(Math.max(this.#size, position + bytes.length));
    this.#bytes.set(bytes, position);
  }

  /** Cuts, or grows with zeros. */
  resize(size: number): void {
    if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(size, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#size = size;
  }

  flipBit(byte: number, bit: number): void {
    if (byte < this.#size) this.#bytes[byte] = (this.#bytes[byte] as number) ^ (1 << bit);
  }
}
