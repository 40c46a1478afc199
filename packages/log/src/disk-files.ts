import type { Disk, DiskFile } from "@oxbow/base";
import { allocateBlock, type Block } from "./block.ts";
import { temporaryName } from "./segment/segment-format.ts";

/** Makes a promise of a file operation. */
export function call(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error === null ? resolve() : reject(error)));
  });
}

/** `size` bytes of a file from `position` on; what lies behind its end is zeros. */
export async function readRange(
  file: DiskFile,
  site: string,
  position: number,
  size: number,
): Promise<Block> {
  const block = allocateBlock(size);
  if (size === 0) return block;
  let byteCount = 0;
  await call((done) =>
    file.read(site, block.bytes, position, (error, count) => {
      byteCount = count;
      done(error);
    }),
  );
  block.bytes.fill(0, byteCount);
  return block;
}

/** The whole of a file in memory. */
export async function readWholeFile(disk: Disk, site: string, path: string): Promise<Block> {
  const file = await disk.open(`${site}:OPEN`, path, "read");
  try {
    return await readRange(file, `${site}:READ`, 0, await file.size(`${site}:SIZE`));
  } finally {
    await file.close();
  }
}

/** Writes a file under a temporary name and puts it in its place, durably: it is there whole, or as it was before. */
export async function replaceFile(
  disk: Disk,
  site: string,
  directory: string,
  name: string,
  content: Uint8Array,
): Promise<void> {
  const temporary = `${directory}/${temporaryName(name)}`;
  await disk.remove(`${site}:LEFTOVER`, temporary);
  const file = await disk.open(`${site}:CREATE`, temporary, "create");
  try {
    await call((done) => file.commit(`${site}:WRITE`, [content], 0, done));
  } finally {
    await file.close();
  }
  await disk.rename(`${site}:RENAME`, temporary, `${directory}/${name}`);
  await disk.syncDirectory(`${site}:NAME`, directory);
}

/** The directory that `path` lies in. */
export function parentOf(path: string): string {
  const end = path.lastIndexOf("/");
  if (end < 0) return ".";
  return end === 0 ? "/" : path.slice(0, end);
}
