import type { DiskFile } from "@oxbow/base";

/** The calls with callbacks as promises, at one site. */
export function write(file: DiskFile, data: string | Uint8Array, position: number): Promise<void> {
  return promised((done) => file.write("WRITE", [Buffer.from(data)], position, done));
}

export function commit(file: DiskFile, data: string | Uint8Array, position: number): Promise<void> {
  return promised((done) => file.commit("COMMIT", [Buffer.from(data)], position, done));
}

export function sync(file: DiskFile): Promise<void> {
  return promised((done) => file.sync("SYNC", done));
}

/** Up to `size` bytes. */
export function read(file: DiskFile, position: number, size: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const target = Buffer.alloc(size);
    file.read("READ", target, position, (error, count) => {
      if (error) reject(error);
      else resolve(target.subarray(0, count));
    });
  });
}

function promised(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()));
  });
}
