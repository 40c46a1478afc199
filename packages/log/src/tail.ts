import { allocateBlock, type Block } from "./block.ts";
import type { Segment } from "./segment.ts";

const CHUNK_SIZE_MIN = 4 * 1024;
const CHUNK_SIZE_MAX = 1024 * 1024;

/** A run of a segment's records in memory: positions `[start, start + used)` lie at the block's beginning. */
export interface TailChunk {
  readonly segment: Segment;
  readonly start: number;
  used: number;
  readonly block: Block;
}

/**
 * The records of a log that are in memory only because no checkpoint has brought them to a segment file yet (for a log
 * in memory: all of them). Chunks are in position order; a record never straddles two.
 */
export class Tail {
  #chunks: TailChunk[] = [];
  #head = 0;
  /** Bytes of records held. */
  size = 0;

  /** Copies records that lie together in `source[start, end)` and in the segment from `position` on. */
  append(segment: Segment, position: number, source: Buffer, start: number, end: number): void {
    const chunk = this.reserve(segment, position, end - start);
    source.copy(chunk.block.bytes, chunk.used, start, end);
    chunk.used += end - start;
    this.size += end - start;
  }

  /** The chunk with room for `size` bytes of the segment at `position`; the caller writes at `used` and moves it on. */
  reserve(segment: Segment, position: number, size: number): TailChunk {
    const last = this.#chunks[this.#chunks.length - 1];
    if (
      last !== undefined &&
      this.#head < this.#chunks.length &&
      last.segment === segment &&
      last.start + last.used === position &&
      last.used + size <= last.block.bytes.length
    ) {
      return last;
    }
    const previous = last === undefined ? 0 : last.block.bytes.length;
    const capacity = Math.max(size, CHUNK_SIZE_MIN, Math.min(CHUNK_SIZE_MAX, previous * 2));
    const chunk: TailChunk = { segment, start: position, used: 0, block: allocateBlock(capacity) };
    this.#chunks.push(chunk);
    return chunk;
  }

  /** The chunk that holds the segment's record at `position`, if it is in memory. */
  find(segment: Segment, position: number): TailChunk | undefined {
    const chunks = this.#chunks;
    let low = this.#head;
    let high = chunks.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const chunk = chunks[middle] as TailChunk;
      if (
        chunk.segment.base < segment.base ||
        (chunk.segment === segment && chunk.start + chunk.used <= position)
      ) {
        low = middle + 1;
      } else if (chunk.segment === segment && chunk.start <= position) {
        return chunk;
      } else {
        high = middle - 1;
      }
    }
    return undefined;
  }

  /** The chunks of a segment from `position` on, oldest first. */
  chunksOf(segment: Segment): TailChunk[] {
    return this.#chunks.slice(this.#head).filter((chunk) => chunk.segment === segment);
  }

  /** Gives back the oldest chunks as long as `isDone` says so. */
  release(isDone: (chunk: TailChunk) => boolean): void {
    while (this.#head < this.#chunks.length) {
      const chunk = this.#chunks[this.#head] as TailChunk;
      if (!isDone(chunk)) break;
      this.size -= chunk.used;
      this.#chunks[this.#head++] = undefined as never;
    }
    if (this.#head > 32 && this.#head * 2 > this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Gives back every chunk of a segment, wherever it stands. */
  drop(segment: Segment): void {
    const kept: TailChunk[] = [];
    for (let i = this.#head; i < this.#chunks.length; i++) {
      const chunk = this.#chunks[i] as TailChunk;
      if (chunk.segment === segment) this.size -= chunk.used;
      else kept.push(chunk);
    }
    this.#chunks = kept;
    this.#head = 0;
  }
}
