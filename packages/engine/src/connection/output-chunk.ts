/** Size of the chunk a connection starts with when little waits for it. */
export const smallChunkSize: number = 4 * 1024;
/** Size of the chunk a busy connection writes into; when it is full, it is sent without waiting for the turn to end. */
export const largeChunkSize: number = 64 * 1024;

/** Chunks of each size kept for reuse: together at most 12 MiB. */
const smallKeptMax = 1024;
const largeKeptMax = 128;

/** Hears when a chunk has left the process. */
export interface ChunkOwner {
  onChunkSent(): void;
}

/** A buffer for output. Belongs to one outbox from `take` until it has been sent. */
export class OutputChunk {
  readonly buffer: Buffer;
  owner: ChunkOwner | undefined = undefined;
  /** To be called when the chunk has been sent. Made once per chunk, so that sending makes no closure. */
  readonly sent: () => void;

  constructor(size: number, pool: OutputChunkPool) {
    // Not from Node's shared pool: these are sent and reused for long.
    this.buffer = Buffer.allocUnsafeSlow(size);
    this.sent = () => {
      const owner = this.owner;
      pool.give(this);
      owner?.onChunkSent();
    };
  }
}

/** Keeps chunks for reuse, so that a connection holds one only while something waits for it. */
export class OutputChunkPool {
  readonly #small: OutputChunk[] = [];
  readonly #large: OutputChunk[] = [];

  /** A chunk of at least `size` bytes: a small or large one, or one made to measure. */
  take(size: number, owner: ChunkOwner): OutputChunk {
    const chunk = this.#find(size);
    chunk.owner = owner;
    return chunk;
  }

  /** Takes back a chunk that is no longer used. */
  give(chunk: OutputChunk): void {
    chunk.owner = undefined;
    const size = chunk.buffer.length;
    if (size === smallChunkSize && this.#small.length < smallKeptMax) this.#small.push(chunk);
    if (size === largeChunkSize && this.#large.length < largeKeptMax) this.#large.push(chunk);
  }

  #find(size: number): OutputChunk {
    if (size <= smallChunkSize) {
      return this.#small.pop() ?? new OutputChunk(smallChunkSize, this);
    }
    if (size <= largeChunkSize) {
      return this.#large.pop() ?? new OutputChunk(largeChunkSize, this);
    }
    return new OutputChunk(size, this);
  }
}
