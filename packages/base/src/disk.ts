/**
 * Files as the packages see them. Paths are absolute or relative to the process, joined with `/`.
 *
 * Every call carries a `site`, a short constant that names the place in the code (`"SEGMENT:ROLL"`), so that a test
 * can fail exactly that one. Failures carry Node's `code` (`ENOSPC`, `EIO`, `ENOENT` …).
 *
 * Durability: bytes written are durable once a later {@link DiskFile.sync} (or the {@link DiskFile.commit} that
 * wrote them) has succeeded. Creating, renaming and removing names is durable once {@link Disk.syncDirectory} of
 * the parent has succeeded. Everything else may be lost, torn or reordered by a crash.
 */
export interface Disk {
  /**
   * Opens a file. `create` makes an empty one and fails with `EEXIST` if the name is taken; `write` opens an existing
   * one for reading and writing; `read` for reading only. New files have mode 0600.
   */
  open(site: string, path: string, mode: "create" | "write" | "read"): Promise<DiskFile>;
  /** Makes a directory, and its parents, with mode 0700; no effect if it exists. */
  makeDirectory(site: string, path: string): Promise<void>;
  /** Names in a directory, sorted; rejects with `ENOENT` if there is none. */
  list(site: string, path: string): Promise<string[]>;
  /** Replaces `to` if it exists. */
  rename(site: string, from: string, to: string): Promise<void>;
  /** Removes a file; no effect if it does not exist. */
  remove(site: string, path: string): Promise<void>;
  /** Removes a directory and everything in it; no effect if it does not exist. */
  removeDirectory(site: string, path: string): Promise<void>;
  /** Makes the names in a directory durable. */
  syncDirectory(site: string, path: string): Promise<void>;
  /**
   * Takes the lock file at `path` for this process, or rejects with code `ELOCKED` and, where known, the holder's pid
   * in the message. The lock ends with `release`, or with the process.
   */
  lock(site: string, path: string): Promise<DiskLock>;
}

/** A held {@link Disk.lock}. */
export interface DiskLock {
  release(): Promise<void>;
}

/** Called when a file operation has ended; `error` is `null` on success. */
export type DiskCallback = (error: Error | null) => void;

/** Called when a read has ended, with the number of bytes read: fewer than asked only at the end of the file. */
export type DiskReadCallback = (error: Error | null, byteCount: number) => void;

/**
 * An open file. `write`, `writeAround`, `commit`, `read` and `sync` take callbacks because they lie on hot paths; buffers are
 * borrowed until the callback. Calls on one file may overlap; then their order is not defined.
 */
export interface DiskFile {
  /** Size in bytes when asked. */
  size(site: string): Promise<number>;
  /** Writes all of `buffers`, one after another, from `position` on. Not durable. Short writes are completed. */
  write(site: string, buffers: readonly Uint8Array[], position: number, done: DiskCallback): void;
  /**
   * Like {@link write}, for much that nobody is about to read: it may go around the operating system's cache, which then
   * has to be filled by whoever reads it. Until a {@link sync} it is no more durable than by a write.
   */
  writeAround(
    site: string,
    buffers: readonly Uint8Array[],
    position: number,
    done: DiskCallback,
  ): void;
  /** Like {@link write}, and durable when `done` is called without an error: a write and an `fdatasync`, or `O_DSYNC`. */
  commit(site: string, buffers: readonly Uint8Array[], position: number, done: DiskCallback): void;
  /** Reads up to `target.length` bytes from `position` on. */
  read(site: string, target: Uint8Array, position: number, done: DiskReadCallback): void;
  /** Makes what was written durable (`fdatasync`). After a failure the state of the file is unknown: never retry. */
  sync(site: string, done: DiskCallback): void;
  /** Cuts, or grows with zeros, to `size` bytes. Durable after the next successful {@link sync}. */
  truncate(site: string, size: number): Promise<void>;
  /** Ends the handle. May be called twice. */
  close(): Promise<void>;
}
