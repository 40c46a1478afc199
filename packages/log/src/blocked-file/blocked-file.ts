import type { DiskCallback, DiskFile, DiskReadCallback } from "@oxbow/base";
import { allocateBlock } from "../block.ts";
import { call, readRange } from "../disk-files.ts";
import {
  BLOCK_HEAD_SIZE,
  BLOCK_SIZE_MAX,
  type BlockCoding,
  type BlockHead,
  decodeBlock,
  decodeBlockHead,
  encodeBlock,
  FILE_HEADER_SIZE,
} from "./block-format.ts";
import { type Extent, Extents } from "./extents.ts";

/** Bytes that are looked through at once for a block behind damage. */
const SEARCH_SIZE = 1024 * 1024;

/**
 * A segment file in blocks, which looks like a plain one: positions and sizes are those of the plain content. What can't be
 * read reads as zeros, which no record's checksum takes for a record.
 *
 * It is written as segments are: behind the end, or once more from some position on, which drops what was behind it; and
 * with {@link commit} in place, within what is there, to erase a record.
 */
export class BlockedFile implements DiskFile {
  readonly #file: DiskFile;
  readonly #coding: BlockCoding;
  readonly #extents = new Extents();
  /** Where the next block goes. */
  #end = FILE_HEADER_SIZE;

  private constructor(file: DiskFile, coding: BlockCoding) {
    this.#file = file;
    this.#coding = coding;
  }

  /** A new one, in a file that has its header and nothing else. */
  static create(file: DiskFile, coding: BlockCoding): BlockedFile {
    return new BlockedFile(file, coding);
  }

  /** One that is there: its blocks are found by their heads. */
  static async open(file: DiskFile, coding: BlockCoding): Promise<BlockedFile> {
    const blocked = new BlockedFile(file, coding);
    await blocked.#findBlocks(await file.size("SEGMENT:SIZE"));
    return blocked;
  }

  async size(): Promise<number> {
    return this.#extents.end;
  }

  write(site: string, buffers: readonly Uint8Array[], position: number, done: DiskCallback): void {
    const end = this.#end;
    this.#file.write(site, this.#append(buffers, position), end, done);
  }

  writeAround(
    site: string,
    buffers: readonly Uint8Array[],
    position: number,
    done: DiskCallback,
  ): void {
    const end = this.#end;
    this.#file.writeAround(site, this.#append(buffers, position), end, done);
  }

  /** Makes blocks of what is to be at `position`, and counts them in: they go behind the last one. */
  #append(buffers: readonly Uint8Array[], position: number): Buffer[] {
    const plain = buffers.length === 1 ? (buffers[0] as Uint8Array) : Buffer.concat(buffers);
    const blocks: Buffer[] = [];
    for (let at = 0; at < plain.length; at += BLOCK_SIZE_MAX) {
      const part = plain.subarray(at, at + BLOCK_SIZE_MAX);
      const block = encodeBlock(position + at, part, false, this.#coding);
      this.#extents.append(position + at, part.length, this.#end, block.length);
      this.#end += block.length;
      blocks.push(block);
    }
    return blocks;
  }

  /** Replaces bytes that are there, and overwrites the block they were in. */
  commit(site: string, buffers: readonly Uint8Array[], position: number, done: DiskCallback): void {
    this.#replace(site, Buffer.concat(buffers), position).then(() => done(null), done);
  }

  read(site: string, target: Uint8Array, position: number, done: DiskReadCallback): void {
    this.#read(site, target, position).then(
      (byteCount) => done(null, byteCount),
      (error: Error) => done(error, 0),
    );
  }

  sync(site: string, done: DiskCallback): void {
    this.#file.sync(site, done);
  }

  async truncate(site: string, size: number): Promise<void> {
    const block = encodeBlock(size, Buffer.alloc(0), false, this.#coding);
    const end = this.#end;
    this.#extents.append(size, 0, end, block.length);
    this.#end += block.length;
    await call((done) => this.#file.write(site, [block], end, done));
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #read(site: string, target: Uint8Array, position: number): Promise<number> {
    const end = Math.min(this.#extents.end, position + target.length);
    if (end <= position) return 0;
    target.fill(0, 0, end - position);
    for (const extent of this.#extents.overlapping(position, end)) {
      const plain = await this.#load(site, extent);
      const from = Math.max(extent.start, position);
      const to = Math.min(extent.end, end);
      const { blockStart } = extent;
      target.set(plain.subarray(from - blockStart, to - blockStart), from - position);
    }
    return end - position;
  }

  /** The plain content of the block that an extent is of; zeros if it is damaged. */
  async #load(site: string, { end, blockStart, position, size }: Extent): Promise<Buffer> {
    const block = await readRange(this.#file, site, position, size);
    const plain = decodeBlock(block, this.#coding.cipher);
    const sizeMin = end - blockStart;
    return plain !== undefined && plain.length >= sizeMin ? plain : Buffer.alloc(sizeMin);
  }

  async #replace(site: string, bytes: Buffer, position: number): Promise<void> {
    const end = position + bytes.length;
    for (const extent of this.#extents.overlapping(position, end)) {
      const plain = Buffer.from(await this.#load(site, extent));
      const { start, blockStart } = extent;
      const from = Math.max(start, position);
      const to = Math.min(extent.end, end);
      bytes.copy(plain, from - blockStart, from - position, to - position);
      await this.#patch(site, extent, plain.subarray(start - blockStart, extent.end - blockStart));
    }
  }

  /** The patch is durable before the bytes it stands for go, and both before this returns. */
  async #patch(site: string, { start, position, size }: Extent, content: Buffer): Promise<void> {
    const patch = encodeBlock(start, content, true, this.#coding);
    const end = this.#end;
    this.#end += patch.length;
    await call((done) => this.#file.commit(site, [patch], end, done));
    this.#extents.patch(start, content.length, end, patch.length);
    const zeros = Buffer.alloc(size - BLOCK_HEAD_SIZE);
    await call((done) => this.#file.commit(site, [zeros], position + BLOCK_HEAD_SIZE, done));
  }

  async #findBlocks(size: number): Promise<void> {
    let at = FILE_HEADER_SIZE;
    while (at + BLOCK_HEAD_SIZE <= size) {
      const head = decodeBlockHead(
        await readRange(this.#file, "SEGMENT:BLOCK", at, BLOCK_HEAD_SIZE),
      );
      if (head === undefined) {
        const next = await this.#search(at + 1, size);
        if (next === undefined) break;
        at = next;
        continue;
      }
      const blockSize = BLOCK_HEAD_SIZE + head.storedSize;
      if (head.isPatch) this.#extents.patch(head.start, head.plainSize, at, blockSize);
      else this.#extents.append(head.start, head.plainSize, at, blockSize);
      at += blockSize;
    }
    // What is there and is no block may be the rest of one: nothing is written over it.
    this.#end = Math.max(at, size);
  }

  /** The next whole block behind damage. */
  async #search(from: number, size: number): Promise<number | undefined> {
    for (let start = from; start + BLOCK_HEAD_SIZE <= size; start += SEARCH_SIZE) {
      const length = Math.min(SEARCH_SIZE + BLOCK_HEAD_SIZE, size - start);
      const window = await readRange(this.#file, "SEGMENT:SEARCH", start, length);
      for (let at = 0; at + BLOCK_HEAD_SIZE <= length; at++) {
        const head = decodeBlockHead(window, at);
        if (head !== undefined && (await this.#isBlock(start + at, head))) return start + at;
      }
    }
    return undefined;
  }

  async #isBlock(at: number, { storedSize }: BlockHead): Promise<boolean> {
    const block = allocateBlock(BLOCK_HEAD_SIZE + storedSize);
    const whole = await readRange(this.#file, "SEGMENT:SEARCH", at, block.bytes.length);
    return decodeBlock(whole, this.#coding.cipher) !== undefined;
  }
}
