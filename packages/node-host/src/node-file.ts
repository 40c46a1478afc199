import fs from "node:fs";
import type { DiskCallback, DiskFile, DiskReadCallback } from "@oxbow/base";
import { type BufferList, first, sizeOf, skip } from "./buffer-list.ts";
import { DIRECT_ALIGNMENT, DirectDescriptor } from "./direct-descriptor.ts";

/** Most buffers the kernel takes in one call (`IOV_MAX` of Linux and macOS); libuv makes several calls of more. */
const BUFFERS_PER_CALL_MAX = 1024;

/** Bytes from which on a write is worth the second descriptor: one of 64 KiB costs more there (ADR 6). */
const DIRECT_SIZE_MIN = 128 * 1024;

/**
 * A file of the machine.
 *
 * On Linux `commit` goes through a second descriptor that is open with `O_DSYNC`, so that one trip to the thread pool
 * writes and syncs. A write followed by an `fdatasync` needs the event loop in between: with turns of 0.5 ms that
 * halves the commits per second (950 against 1,850 of 4 KiB, 2 cores, ext4); on an idle loop the two are equal.
 * Elsewhere it is a write and an `fdatasync`, which libuv turns into `F_FULLFSYNC` on macOS, where `O_DSYNC`
 * promises less.
 */
export class NodeFile implements DiskFile {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #isWritable: boolean;
  /** The `O_DSYNC` descriptor; `undefined` before the first commit and while, or where, it cannot be opened. */
  #syncedDescriptor: number | undefined;
  #syncedOpening: Promise<void> | undefined;
  /** The `O_DIRECT` descriptor, from the first large {@link writeAround} on. */
  #direct: Promise<DirectDescriptor | undefined> | undefined;
  /** Operations in the thread pool. The descriptor outlives them, as its number may be reused once it is closed. */
  #pendingCount = 0;
  #closing: Promise<void> | undefined;
  #onIdle: (() => void) | undefined;

  /** Takes over `descriptor`, which is open on `path`. */
  constructor(descriptor: number, path: string, mode: "create" | "write" | "read") {
    this.#descriptor = descriptor;
    this.#path = path;
    this.#isWritable = mode !== "read";
  }

  async size(site: string): Promise<number> {
    return await this.#promise(site, (done) =>
      fs.fstat(this.#descriptor, (error, stats) => done(error, error ? 0 : stats.size)),
    );
  }

  write(site: string, buffers: BufferList, position: number, done: DiskCallback): void {
    const end = this.#begin(site, done);
    if (end) writeAll(this.#descriptor, buffers, position, end);
  }

  writeAround(site: string, buffers: BufferList, position: number, done: DiskCallback): void {
    const end = this.#begin(site, done);
    if (end) this.#writeAround(buffers, position, end);
  }

  commit(site: string, buffers: BufferList, position: number, done: DiskCallback): void {
    const end = this.#begin(site, done);
    if (!end) return;
    // More buffers than one call takes would be synced once per call, so they go the other way too.
    if (this.#syncedDescriptor !== undefined && buffers.length <= BUFFERS_PER_CALL_MAX) {
      writeAll(this.#syncedDescriptor, buffers, position, end);
      return;
    }
    this.#openSynced();
    writeAll(this.#descriptor, buffers, position, (error) => {
      if (error) end(error);
      else fs.fdatasync(this.#descriptor, end);
    });
  }

  read(site: string, target: Uint8Array, position: number, done: DiskReadCallback): void {
    let count = 0;
    const end = this.#begin(site, (error) => done(error, count));
    if (!end) return;
    readAll(this.#descriptor, target, position, (error, byteCount) => {
      count = byteCount;
      end(error);
    });
  }

  sync(site: string, done: DiskCallback): void {
    const end = this.#begin(site, done);
    if (end) fs.fdatasync(this.#descriptor, end);
  }

  async truncate(site: string, size: number): Promise<void> {
    await this.#promise(site, (done) => fs.ftruncate(this.#descriptor, size, done));
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  /** Whole blocks go to the device; what lies in one with other bytes goes by way of the page cache. */
  #writeAround(buffers: BufferList, position: number, end: DiskCallback): void {
    const size = sizeOf(buffers);
    const lead = -position & (DIRECT_ALIGNMENT - 1);
    const whole = size - lead - ((position + size) % DIRECT_ALIGNMENT);
    if (whole < DIRECT_SIZE_MIN) {
      writeAll(this.#descriptor, buffers, position, end);
      return;
    }
    const blocks = skip(buffers, lead);
    const start = position + lead;
    writeAll(this.#descriptor, first(buffers, lead), position, (error) => {
      if (error) {
        end(error);
        return;
      }
      void this.#writeBlocks(blocks, whole, start).then((count) => {
        writeAll(this.#descriptor, skip(blocks, count), start + count, end);
      });
    });
  }

  /** Writes what it can of the first `size` bytes past the page cache, and says how much that was. Never rejects. */
  async #writeBlocks(blocks: BufferList, size: number, position: number): Promise<number> {
    this.#direct ??= DirectDescriptor.open(this.#descriptor);
    const direct = await this.#direct;
    if (direct === undefined) return 0;
    const count = await direct.write(blocks, size, position);
    if (count > 0) return count;
    // What is refused once, as some file systems do, need not be tried again.
    this.#direct = Promise.resolve(undefined);
    await direct.close();
    return 0;
  }

  async #close(): Promise<void> {
    if (this.#pendingCount > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    await this.#syncedOpening;
    if (this.#syncedDescriptor !== undefined) await closeDescriptor(this.#syncedDescriptor);
    await (await this.#direct)?.close();
    await closeDescriptor(this.#descriptor);
  }

  /** Counts an operation in; what it returns counts it out and calls `done`. Fails a closed file by `done`. */
  #begin(site: string, done: DiskCallback): DiskCallback | undefined {
    if (this.#closing) {
      const error = Object.assign(new Error(`EBADF: file is closed, ${this.#path}`), {
        code: "EBADF",
      });
      process.nextTick(done, this.#describe(error, site));
      return undefined;
    }
    this.#pendingCount += 1;
    return (error) => {
      done(error ? this.#describe(error, site) : null);
      this.#pendingCount -= 1;
      if (this.#pendingCount === 0) this.#onIdle?.();
    };
  }

  #promise<T>(
    site: string,
    start: (done: (error: Error | null, result?: T) => void) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      let outcome: T | undefined;
      const end = this.#begin(site, (error) => (error ? reject(error) : resolve(outcome as T)));
      if (!end) return;
      start((error, result) => {
        outcome = result;
        end(error);
      });
    });
  }

  /** Opens the second descriptor by way of the first, for the name may by now belong to another file. */
  #openSynced(): void {
    if (this.#syncedOpening || process.platform !== "linux" || !this.#isWritable) return;
    const flags = fs.constants.O_WRONLY | fs.constants.O_DSYNC;
    this.#syncedOpening = new Promise((resolve) => {
      fs.open(`/proc/self/fd/${this.#descriptor}`, flags, (error, descriptor) => {
        // Without /proc, or without descriptors to spare, commits stay a write and an fdatasync.
        if (!error) this.#syncedDescriptor = descriptor;
        resolve();
      });
    });
  }

  #describe(error: Error, site: string): Error {
    return Object.assign(error, { path: this.#path, site });
  }
}

/** Writes everything, going on after short writes, which come before a full disk and from signals. */
function writeAll(
  descriptor: number,
  buffers: BufferList,
  position: number,
  done: DiskCallback,
): void {
  const size = sizeOf(buffers);
  if (size === 0) {
    process.nextTick(done, null);
    return;
  }
  const onWritten = (error: NodeJS.ErrnoException | null, count: number): void => {
    if (error) {
      if (error.code === "EINTR") writeAll(descriptor, buffers, position, done);
      else done(error);
    } else if (count === size) {
      done(null);
    } else if (count === 0) {
      done(Object.assign(new Error("EIO: nothing could be written"), { code: "EIO" }));
    } else {
      writeAll(descriptor, skip(buffers, count), position + count, done);
    }
  };
  if (buffers.length === 1) {
    fs.write(descriptor, buffers[0] as Uint8Array, 0, size, position, onWritten);
  } else {
    fs.writev(descriptor, buffers as Uint8Array[], position, onWritten);
  }
}

/** Reads until `target` is full or the file ends. */
function readAll(
  descriptor: number,
  target: Uint8Array,
  position: number,
  done: DiskReadCallback,
  readCount = 0,
): void {
  const missing = target.length - readCount;
  if (missing === 0) {
    process.nextTick(done, null, readCount);
    return;
  }
  fs.read(descriptor, target, readCount, missing, position + readCount, (error, count) => {
    if (error && error.code !== "EINTR") done(error, readCount);
    else if (error) readAll(descriptor, target, position, done, readCount);
    else if (count === 0 || count === missing) done(null, readCount + count);
    else readAll(descriptor, target, position, done, readCount + count);
  });
}

function closeDescriptor(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.close(descriptor, (error) => (error ? reject(error) : resolve()));
  });
}
