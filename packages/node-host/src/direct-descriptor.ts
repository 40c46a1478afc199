import fs from "node:fs";
import { type BufferList, gather, skip } from "./buffer-list.ts";

/** What is used of it here: the types of Node have it only together with those of a browser. */
declare const WebAssembly: {
  readonly Memory: new (size: {
    readonly initial: number;
    readonly maximum: number;
  }) => { readonly buffer: ArrayBuffer };
};

/** Positions, sizes and addresses of direct writes are multiples of this: what no common device asks more than. */
export const DIRECT_ALIGNMENT = 4096;

/** Bytes of one direct write at most. */
const BUFFER_SIZE = 1024 * 1024;
/** Buffers kept for further writes, over all files of the process. */
const BUFFERS_MAX = 2;
/** What a WebAssembly memory is counted in. */
const PAGE_SIZE = 64 * 1024;

const buffers: Buffer[] = [];

/**
 * A second descriptor of a file on Linux, open with `O_DIRECT`: what is written goes to the device and not into the page
 * cache. The kernel copies nothing, and needs no fresh pages, which cost a virtual machine more than the copy: 0.1 ms of its
 * CPU for a MiB against 2.2 (`bench/micro/segment-writes.bench.ts`, ADR 6).
 *
 * Direct writes must be aligned in memory, and nothing else that Node can allocate is sure to be, so the bytes go through
 * WebAssembly memories, which begin at a page.
 */
export class DirectDescriptor {
  readonly #descriptor: number;

  private constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Opens the file behind `descriptor` once more; `undefined` where that can't be done. */
  static open(descriptor: number): Promise<DirectDescriptor | undefined> {
    // The constant is there on Linux alone.
    const { O_DIRECT, O_WRONLY } = fs.constants;
    if (process.platform !== "linux" || O_DIRECT === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      // By way of the first descriptor, for the name may by now belong to another file.
      fs.open(`/proc/self/fd/${descriptor}`, O_WRONLY | O_DIRECT, (error, direct) => {
        resolve(error ? undefined : new DirectDescriptor(direct));
      });
    });
  }

  /**
   * Writes the `size` bytes at the beginning of `source` to `position`; both are multiples of {@link DIRECT_ALIGNMENT}.
   *
   * @returns How many of them were written: a multiple, and fewer than `size` if the kernel refuses, for whatever reason.
   */
  async write(source: BufferList, size: number, position: number): Promise<number> {
    const buffer = takeBuffer();
    if (buffer === undefined) return 0;
    let rest = source;
    let written = 0;
    try {
      while (written < size) {
        const part = buffer.subarray(0, Math.min(BUFFER_SIZE, size - written));
        gather(rest, part);
        const count = await writeOnce(this.#descriptor, part, position + written);
        written += count - (count % DIRECT_ALIGNMENT);
        if (count < part.length) break;
        rest = skip(rest, count);
      }
    } finally {
      if (buffers.length < BUFFERS_MAX) buffers.push(buffer);
    }
    return written;
  }

  /** Ends the descriptor; no write may be under way. Whether all is well with the file its other descriptor says. */
  close(): Promise<void> {
    return new Promise((resolve) => fs.close(this.#descriptor, () => resolve()));
  }
}

/** Memory that begins at a page; `undefined` if there is none. */
function takeBuffer(): Buffer | undefined {
  const pooled = buffers.pop();
  if (pooled !== undefined) return pooled;
  try {
    const pages = BUFFER_SIZE / PAGE_SIZE;
    return Buffer.from(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer);
  } catch {
    // Without WebAssembly, or the address space that it reserves.
    return undefined;
  }
}

/** The number of bytes written, 0 after any failure: whoever writes the rest another way sees whether it lasts. */
function writeOnce(descriptor: number, bytes: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve) => {
    fs.write(descriptor, bytes, 0, bytes.length, position, (error, count) => {
      resolve(error ? 0 : count);
    });
  });
}
