/** Smallest buffer handed out, in bytes. */
const SIZE_MIN = 1024;
/** Each class is this many times the size of the one before. */
const GROWTH = 4;
/** 1 KiB, 4 KiB, 16 KiB, 64 KiB, 256 KiB; larger buffers are not kept. */
const CLASS_COUNT = 5;
/** Most bytes kept in each class. */
const KEPT_BYTES_MAX = 256 * 1024;

/**
 * Buffers that are not in use, for the next one who needs some memory for a short time.
 *
 * Nearly every chunk of a busy connection ends within an operation, whose first part is then held until the next chunk
 * comes. Allocating for each of them costs microseconds and feeds the garbage collector; a buffer per
 * connection would cost memory while it is idle.
 */
export class SpareBuffers {
  readonly #classes: Buffer[][] = Array.from({ length: CLASS_COUNT }, () => []);

  /**
   * A buffer of at least `sizeMin` bytes with arbitrary content. Up to 256 KiB it is less than four times as large (or
   * 1 KiB); above that it is twice as large, but not beyond `sizeMax`, the most that will ever be needed.
   */
  take(sizeMin: number, sizeMax: number): Buffer {
    let size = SIZE_MIN;
    for (const spares of this.#classes) {
      if (size >= sizeMin) return spares.pop() ?? allocate(size);
      size *= GROWTH;
    }
    return allocate(Math.max(sizeMin, Math.min(sizeMin * 2, sizeMax)));
  }

  /** Gives back a buffer that {@link take} handed out. The caller no longer uses it. */
  give(buffer: Buffer): void {
    let size = SIZE_MIN;
    for (const spares of this.#classes) {
      if (size === buffer.length) {
        if (spares.length * size < KEPT_BYTES_MAX) spares.push(buffer);
        return;
      }
      size *= GROWTH;
    }
  }
}

/** Not from Node's pool: a slice of it would keep the whole pool alive for as long as a peer stalls. */
function allocate(size: number): Buffer {
  return Buffer.allocUnsafeSlow(size);
}
