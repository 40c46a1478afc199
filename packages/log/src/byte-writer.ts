/**
 * A growing buffer for the small records of control paths: states, index entries, lists of sequences. Integers are
 * written as varints (seven bits a byte, low bits first) up to 2^53 - 1.
 */
export class ByteWriter {
  #bytes: Buffer;
  #size = 0;

  constructor(capacity = 256) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** What was written, a view that is valid until the next write. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  clear(): void {
    this.#size = 0;
  }

  /** An integer from 0 to 2^53 - 1. */
  integer(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#size++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#size++] = rest;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#size = this.#bytes.writeDoubleLE(value, this.#size);
  }

  /** Bytes with their length before them. */
  blob(bytes: Uint8Array): void {
    this.integer(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#size);
    this.#size += bytes.length;
  }

  /** Text as UTF-8 with its length before it. */
  text(text: string): void {
    this.blob(Buffer.from(text, "utf8"));
  }

  #reserve(size: number): void {
    if (this.#size + size <= this.#bytes.length) return;
    let capacity = this.#bytes.length * 2;
    while (capacity < this.#size + size) capacity *= 2;
    const grown = Buffer.allocUnsafe(capacity);
    this.#bytes.copy(grown, 0, 0, this.#size);
    this.#bytes = grown;
  }
}

/** Reads what a {@link ByteWriter} wrote. Reading past the end gives zeros and sets {@link failed}. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;
  /** Whether more was asked for than there was. */
  failed = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  integer(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) {
        this.failed = true;
        return 0;
      }
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  double(): number {
    if (this.#at + 8 > this.#bytes.length) {
      this.failed = true;
      return 0;
    }
    this.#at += 8;
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  /** A view of the bytes. */
  blob(): Buffer {
    const size = this.integer();
    if (this.#at + size > this.#bytes.length) {
      this.failed = true;
      return this.#bytes.subarray(0, 0);
    }
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  text(): string {
    return this.blob().toString("utf8");
  }
}
