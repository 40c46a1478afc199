import { allocateBlock, type Block } from "./block.ts";
import type { BlockPool } from "./block-pool.ts";
import type { Segment } from "./segment/segment.ts";

const CHUNK_SIZE_MIN = 4 * 1024;
export const CHUNK_SIZE_MAX: number = 1024 * 1024;

/** A run of a segment's records in memory: positions `[start, start + used)` lie at the block's beginning. */
export interface TailChunk {
  readonly segment: Segment;
  readonly start: number;
  used: number;
  readonly block: Block;
}

/**
 * The records of a log that are in memory only because no checkpoint has brought them to a segment file yet (for a log
 * in memory: all of them). The chunks of a segment are in position order; a record never straddles two.
 */
export class Tail {
  readonly #chunks = new Map<Segment, TailChunk[]>();
  readonly #pool: BlockPool | undefined;
  #last: TailChunk | undefined;
  /** Bytes of records held. */
  size = 0;

  /** @param pool - Where blocks of full size come from and go to; without one they are allocated. */
  constructor(pool?: BlockPool) {
    this.#pool = pool;
  }

  /** Copies records that lie together in `source[start, end)` and in the segment from `position` on. */
  append(segment: Segment, position: number, source: Buffer, start: number, end: number): void {
    let from = start;
    while (from < end) {
      const to = this.#cut(source, from, end);
      const chunk = this.reserve(segment, position + from - start, to - from);
      source.copy(chunk.block.bytes, chunk.used, from, to);
      this.commit(chunk, to - from);
      from = to;
    }
  }

  /** The chunk with room for `size` bytes of the segment at `position`, to be written at `used` and {@link commit}ted. */
  reserve(segment: Segment, position: number, size: number): TailChunk {
    const last = this.#last;
    if (
      last !== undefined &&
      last.segment === segment &&
      last.start + last.used === position &&
      last.used + size <= last.block.bytes.length
    ) {
      return last;
    }
    let chunks = this.#chunks.get(segment);
    if (chunks === undefined) this.#chunks.set(segment, (chunks = []));
    const previous = last === undefined ? 0 : last.block.bytes.length;
    const capacity = Math.max(size, CHUNK_SIZE_MIN, Math.min(CHUNK_SIZE_MAX, previous * 2));
    const chunk: TailChunk = { segment, start: position, used: 0, block: this.#take(capacity) };
    chunks.push(chunk);
    this.#last = chunk;
    return chunk;
  }

  /** Counts in the `size` bytes that were written at the chunk's `used`. */
  commit(chunk: TailChunk, size: number): void {
    chunk.used += size;
    this.size += size;
  }

  /** The chunk that holds the segment's record at `position`, if it is in memory. */
  find(segment: Segment, position: number): TailChunk | undefined {
    const chunks = this.#chunks.get(segment);
    if (chunks === undefined) return undefined;
    let low = 0;
    let high = chunks.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const chunk = chunks[middle] as TailChunk;
      if (chunk.start + chunk.used <= position) low = middle + 1;
      else if (chunk.start > position) high = middle - 1;
      else return chunk;
    }
    return undefined;
  }

  /** The chunks of a segment, oldest first. */
  chunksOf(segment: Segment): readonly TailChunk[] {
    return this.#chunks.get(segment) ?? [];
  }

  /** Gives back the chunks of a segment that end at or below `position`. */
  release(segment: Segment, position: number): void {
    const chunks = this.#chunks.get(segment);
    if (chunks === undefined) return;
    const kept = chunks.filter((chunk) => chunk.start + chunk.used > position);
    for (const chunk of chunks) if (!kept.includes(chunk)) this.#pool?.give(chunk.block);
    this.#keep(segment, chunks, kept);
  }

  /** Gives back every chunk of a segment. A write of them may be under way, so nobody else gets their blocks. */
  drop(segment: Segment): void {
    this.#keep(segment, this.#chunks.get(segment) ?? [], []);
  }

  /** The end of the records from `from` on that fit into what is left of the last chunk, or into a new one. */
  #cut(source: Buffer, from: number, end: number): number {
    const last = this.#last;
    const free = last === undefined ? 0 : last.block.bytes.length - last.used;
    if (end - from <= Math.max(free, CHUNK_SIZE_MIN)) return end;
    const room = free >= source.readUInt32LE(from + 4) ? free : CHUNK_SIZE_MAX;
    let to = from + source.readUInt32LE(from + 4);
    while (to < end && to + source.readUInt32LE(to + 4) - from <= room) {
      to += source.readUInt32LE(to + 4);
    }
    return to;
  }

  #take(capacity: number): Block {
    const pooled = capacity === CHUNK_SIZE_MAX ? this.#pool?.take() : undefined;
    return pooled ?? allocateBlock(capacity);
  }

  #keep(segment: Segment, chunks: readonly TailChunk[], kept: TailChunk[]): void {
    for (const chunk of chunks) {
      if (kept.includes(chunk)) continue;
      this.size -= chunk.used;
      if (this.#last === chunk) this.#last = undefined;
    }
    if (kept.length === 0) this.#chunks.delete(segment);
    else this.#chunks.set(segment, kept);
  }
}
