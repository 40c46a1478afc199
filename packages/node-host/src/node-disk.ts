import fs, { promises as fsp } from "node:fs";
import { dirname } from "node:path";
import type { Disk, DiskFile, DiskLock } from "@oxbow/base";
import { NodeFile } from "./node-file.ts";
import { takeLock } from "./node-lock.ts";

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** How each mode of {@link Disk.open} is opened. Every one refuses to follow into a name that is not there. */
const openFlags: Readonly<Record<"create" | "write" | "read", string>> = {
  create: "wx+",
  write: "r+",
  read: "r",
};

/** The file system of the machine. The sites name nothing here; an error carries the one it happened at. */
export class NodeDisk implements Disk {
  async open(site: string, path: string, mode: "create" | "write" | "read"): Promise<DiskFile> {
    return new NodeFile(await at(site, openDescriptor(path, openFlags[mode])), path, mode);
  }

  async makeDirectory(site: string, path: string): Promise<void> {
    await at(site, makeDirectories(path));
  }

  async list(site: string, path: string): Promise<string[]> {
    return (await at(site, fsp.readdir(path))).sort();
  }

  async rename(site: string, from: string, to: string): Promise<void> {
    await at(site, fsp.rename(from, to));
  }

  async remove(site: string, path: string): Promise<void> {
    try {
      await at(site, fsp.unlink(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }

  async removeDirectory(site: string, path: string): Promise<void> {
    await at(site, fsp.rm(path, { recursive: true, force: true }));
  }

  async syncDirectory(site: string, path: string): Promise<void> {
    // Windows opens no directories; NTFS journals names by itself.
    if (process.platform === "win32") return;
    const directory = await at(site, fsp.open(path, "r"));
    try {
      await at(site, directory.sync());
    } finally {
      await directory.close();
    }
  }

  async lock(site: string, path: string): Promise<DiskLock> {
    return await at(site, takeLock(path));
  }
}

function openDescriptor(path: string, flags: string): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, flags, FILE_MODE, (error, descriptor) =>
      error ? reject(error) : resolve(descriptor),
    );
  });
}

/** Marks the error of a failed operation with the site it was asked from. */
async function at<T>(site: string, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw Object.assign(error as Error, { site });
  }
}

/**
 * Makes a directory and those above it. Node's own way of doing this never ends where the file system answers ENOENT to
 * a directory that can't be made although the one above it is there, as /proc does.
 */
async function makeDirectories(path: string): Promise<void> {
  try {
    await makeOneDirectory(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === path) throw error;
    await makeDirectories(parent);
    await makeOneDirectory(path);
  }
}

async function makeOneDirectory(path: string): Promise<void> {
  try {
    await fsp.mkdir(path, { mode: DIRECTORY_MODE });
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === "EEXIST";
    if (!(isThere && (await fsp.stat(path)).isDirectory())) throw error;
  }
}
