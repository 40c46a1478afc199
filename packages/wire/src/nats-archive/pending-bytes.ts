/** Bytes that came and are not read yet, in a buffer that grows by doubling: pieces of any size cost their own length. */
export class PendingBytes {
  #buffer: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** What is pending, a view that is valid until the next call. */
  get bytes(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Copies `bytes` to the end. */
  append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#buffer.length) this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Forgets the first `size` bytes. */
  consume(size: number): void {
    this.#start += size;
  }

  #makeRoom(size: number): void {
    const { bytes } = this;
    let capacity = Math.max(1024, this.#buffer.length);
    while (capacity < bytes.length + size) capacity *= 2;
    const target = capacity > this.#buffer.length ? Buffer.allocUnsafe(capacity) : this.#buffer;
    bytes.copy(target, 0);
    this.#buffer = target;
    this.#end = bytes.length;
    this.#start = 0;
  }
}
