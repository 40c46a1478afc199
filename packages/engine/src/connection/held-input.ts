/** Bytes that are kept of what a client sends while nobody knows yet who it is. */
export const heldInputSizeMax: number = 16 * 1024;

/** What a client has sent behind a CONNECT that is not decided yet. Copies, so that it pins no chunk of the network. */
export class HeldInput {
  #chunks: Buffer[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Keeps a copy of `chunk` at the end. Returns false, and keeps nothing of it, if that makes too much. */
  add(chunk: Buffer): boolean {
    if (chunk.length === 0) return true;
    if (this.#size + chunk.length > heldInputSizeMax) return false;
    this.#size += chunk.length;
    this.#chunks.push(Buffer.from(chunk));
    return true;
  }

  /** Takes everything out. */
  take(): Buffer {
    const bytes =
      this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#size = 0;
    return bytes;
  }
}
