import { SpareBuffers } from "./spare-buffers.ts";

const EMPTY: Buffer = Buffer.alloc(0);

/** Shared by all carries: what one gives back the next one takes. */
const spares: SpareBuffers = new SpareBuffers();

/**
 * Bytes of one operation that has not arrived in full, kept from one chunk to the next.
 *
 * Grows as bytes arrive, never ahead of them by more than a factor of four (or 1 KiB), and holds nothing once
 * cleared: neither an idle connection nor one that has only announced a large payload costs memory.
 *
 * Invariant: 0 <= size <= buffer.length; [0, size) has been appended since the last clear.
 */
export class Carry {
  /** Changes when the carry grows: read it again after each {@link append}. */
  buffer: Buffer = EMPTY;
  size = 0;
  /** The most bytes the operation can come to, as far as known: larger buffers do not grow beyond it. */
  sizeMax = 0;

  /** Copies the bytes `[start, end)` of `source` to the end. */
  append(source: Buffer, start: number, end: number): void {
    const sizeAfter = this.size + end - start;
    if (sizeAfter > this.buffer.length) this.#grow(sizeAfter);
    source.copy(this.buffer, this.size, start, end);
    this.size = sizeAfter;
  }

  /** Forgets what was appended. The buffer must not be used any more. */
  clear(): void {
    spares.give(this.buffer);
    this.buffer = EMPTY;
    this.size = 0;
  }

  #grow(sizeMin: number): void {
    const grown = spares.take(sizeMin, this.sizeMax);
    this.buffer.copy(grown, 0, 0, this.size);
    spares.give(this.buffer);
    this.buffer = grown;
  }
}
