import type { Disk, DiskCallback, DiskFile, DiskLock, DiskReadCallback } from "@oxbow/base";

/** A disk that counts what is open: files and locks. */
export class CountingDisk implements Disk {
  openCount = 0;
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  async open(site: string, path: string, mode: "create" | "write" | "read"): Promise<DiskFile> {
    const file = await this.#disk.open(site, path, mode);
    this.openCount++;
    return new CountedFile(file, () => this.openCount--);
  }

  async lock(site: string, path: string): Promise<DiskLock> {
    const lock = await this.#disk.lock(site, path);
    this.openCount++;
    return {
      release: async () => {
        this.openCount--;
        await lock.release();
      },
    };
  }

  makeDirectory(site: string, path: string): Promise<void> {
    return this.#disk.makeDirectory(site, path);
  }

  list(site: string, path: string): Promise<string[]> {
    return this.#disk.list(site, path);
  }

  rename(site: string, from: string, to: string): Promise<void> {
    return this.#disk.rename(site, from, to);
  }

  remove(site: string, path: string): Promise<void> {
    return this.#disk.remove(site, path);
  }

  removeDirectory(site: string, path: string): Promise<void> {
    return this.#disk.removeDirectory(site, path);
  }

  syncDirectory(site: string, path: string): Promise<void> {
    return this.#disk.syncDirectory(site, path);
  }
}

class CountedFile implements DiskFile {
  readonly #file: DiskFile;
  #onClose: (() => void) | undefined;

  constructor(file: DiskFile, onClose: () => void) {
    this.#file = file;
    this.#onClose = onClose;
  }

  size(site: string): Promise<number> {
    return this.#file.size(site);
  }

  write(site: string, buffers: readonly Uint8Array[], position: number, done: DiskCallback): void {
    this.#file.write(site, buffers, position, done);
  }

  writeAround(
    site: string,
    buffers: readonly Uint8Array[],
    position: number,
    done: DiskCallback,
  ): void {
    this.#file.writeAround(site, buffers, position, done);
  }

  commit(site: string, buffers: readonly Uint8Array[], position: number, done: DiskCallback): void {
    this.#file.commit(site, buffers, position, done);
  }

  read(site: string, target: Uint8Array, position: number, done: DiskReadCallback): void {
    this.#file.read(site, target, position, done);
  }

  sync(site: string, done: DiskCallback): void {
    this.#file.sync(site, done);
  }

  truncate(site: string, size: number): Promise<void> {
    return this.#file.truncate(site, size);
  }

  close(): Promise<void> {
    this.#onClose?.();
    this.#onClose = undefined;
    return this.#file.close();
  }
}
