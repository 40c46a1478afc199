import { assert, type DiskCallback, type DiskFile, type DiskReadCallback } from "@oxbow/base";
import { errnoError } from "./errno.ts";
import type { SimDisk } from "./sim-disk.ts";
import type { ContentChange, SimFileContent } from "./sim-file-content.ts";

type WriteChange = ContentChange & { readonly kind: "write" };

/** An open file of a {@link SimDisk}. */
export class SimDiskFile implements DiskFile {
  readonly #disk: SimDisk;
  readonly #content: SimFileContent;
  readonly #path: string;
  readonly #isWritable: boolean;
  #pendingCount = 0;
  #closing: Promise<void> | undefined;
  #onIdle: (() => void) | undefined;

  constructor(disk: SimDisk, content: SimFileContent, path: string, isWritable: boolean) {
    this.#disk = disk;
    this.#content = content;
    this.#path = path;
    this.#isWritable = isWritable;
  }

  size(site: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#start(site, "size", "", (error) =>
        error ? reject(error) : resolve(this.#content.size),
      );
    });
  }

  write(site: string, buffers: readonly Uint8Array[], position: number, done: DiskCallback): void {
    this.#write(site, "write", buffers, position, done);
  }

  writeAround(
    site: string,
    buffers: readonly Uint8Array[],
    position: number,
    done: DiskCallback,
  ): void {
    this.#write(site, "write-around", buffers, position, done);
  }

  commit(site: string, buffers: readonly Uint8Array[], position: number, done: DiskCallback): void {
    this.#write(site, "commit", buffers, position, done);
  }

  read(site: string, target: Uint8Array, position: number, done: DiskReadCallback): void {
    this.#start(site, "read", `@${position} +${target.length}`, (error) => {
      done(error, error ? 0 : this.#content.read(target, position));
    });
  }

  /** Covers the writes that had ended when it was called. */
  sync(site: string, done: DiskCallback): void {
    const covered = this.#closing ? [] : this.#content.pendingChanges();
    this.#start(site, "sync", "", (error) => {
      this.#content.settle(covered, error ? "lost" : "durable");
      done(error);
    });
  }

  truncate(site: string, size: number): Promise<void> {
    const refusal = this.#writeRefusal(site);
    return new Promise((resolve, reject) => {
      this.#start(site, "truncate", `to ${size}`, (error) => {
        const failure = refusal ?? error;
        if (failure) {
          reject(failure);
          return;
        }
        this.#content.apply({ kind: "truncate", size, state: "pending" });
        resolve();
      });
    });
  }

  close(): Promise<void> {
    return (this.#closing ??= new Promise((resolve) => {
      if (this.#pendingCount === 0) resolve();
      else this.#onIdle = resolve;
    }));
  }

  #write(
    site: string,
    verb: "write" | "write-around" | "commit",
    buffers: readonly Uint8Array[],
    position: number,
    done: DiskCallback,
  ): void {
    const bytes = Buffer.concat(buffers);
    const change: WriteChange = { kind: "write", position, bytes, state: "pending" };
    const refusal = this.#writeRefusal(site);
    const endWrite = refusal ? () => {} : this.#disk.beginWrite(this.#content, change);
    this.#start(site, verb, `@${position} +${bytes.length}`, (error) => {
      endWrite();
      assert(
        bytes.equals(Buffer.concat(buffers)),
        `${site} ${verb}: a borrowed buffer has changed`,
      );
      done(refusal ?? this.#land(change, verb, site, error));
    });
  }

  /** Ends a write: applies what has come of it, and gives the error if that is not all. */
  #land(change: WriteChange, verb: string, site: string, error: Error | null): Error | null {
    // What a failed commit leaves behind is clean in the eyes of the kernel, so no sync takes it up again.
    const failedState = verb === "commit" ? "lost" : "pending";
    if (error) {
      this.#disk.applyPart(this.#content, change, failedState);
      return error;
    }
    const grownBytes = change.position + change.bytes.length - this.#content.size;
    const missingBytes = Math.max(0, grownBytes) - Math.max(0, this.#disk.freeBytes());
    if (missingBytes > 0) {
      const bytes = change.bytes.subarray(0, Math.max(0, change.bytes.length - missingBytes));
      this.#content.apply({ ...change, bytes, state: failedState });
      return this.#error("ENOSPC", "the disk is full", site);
    }
    this.#content.apply({ ...change, state: verb === "commit" ? "durable" : "pending" });
    return null;
  }

  #writeRefusal(site: string): Error | null {
    if (this.#closing) return this.#error("EBADF", "file is closed", site);
    return this.#isWritable ? null : this.#error("EBADF", "file is open for reading only", site);
  }

  #start(site: string, verb: string, detail: string, done: DiskCallback): void {
    const isClosed = this.#closing !== undefined;
    const operation = { site, verb, path: this.#path, ...(detail !== "" && { detail }) };
    this.#pendingCount += 1;
    this.#disk.start(operation, (code) => {
      if (isClosed) done(this.#error("EBADF", "file is closed", site));
      else done(code === undefined ? null : this.#error(code, `${verb} failed`, site));
      this.#pendingCount -= 1;
      if (this.#pendingCount === 0) this.#onIdle?.();
    });
  }

  #error(code: string, text: string, site: string): Error {
    return errnoError(code, text, { path: this.#path, site });
  }
}
