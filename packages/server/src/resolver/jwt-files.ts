import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { decodeNkey } from "@oxbow/engine";

const extension = ".jwt";
const directoryMode = 0o700;
const fileMode = 0o600;
/** What a removed file is called that is not removed for good. */
const removedSuffix = ".deleted";

/**
 * The files of a directory with a JWT each, named as nats-server names them (`A….jwt`), so that both can use the same
 * directory, one after the other.
 */
export class JwtFiles {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Opens a directory, and makes it if there is none. Rejects with the error of the disk. */
  static async open(directory: string): Promise<JwtFiles> {
    const path = resolve(directory);
    await mkdir(path, { recursive: true, mode: directoryMode });
    if (!(await stat(path)).isDirectory()) throw new Error(`the path [${path}] is not a directory`);
    return new JwtFiles(path);
  }

  /** The keys there is a file for, in order. Files that are called anything else are left alone. */
  async keys(): Promise<string[]> {
    const names = await readdir(this.directory);
    return names
      .filter((name) => name.endsWith(extension))
      .map((name) => name.slice(0, -extension.length))
      .filter((key) => decodeNkey(key) !== undefined)
      .sort();
  }

  /** @throws If `key` is no public key, and so may be no name for a file. */
  async read(key: string): Promise<string | undefined> {
    try {
      return (await readFile(this.#pathOf(key), "latin1")).trim();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Replaces the file as a whole; it is on the disk once this resolves. */
  async write(key: string, jwt: string): Promise<void> {
    const path = this.#pathOf(key);
    const temporary = `${path}.tmp`;
    const file = await open(temporary, "w", fileMode);
    try {
      await file.writeFile(jwt, "latin1");
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await this.#sync();
  }

  /** Removes a file for good, or gives it a name that is not looked at. Returns whether there was one. */
  async remove(key: string, keepsCopy: boolean): Promise<boolean> {
    const path = this.#pathOf(key);
    try {
      if (keepsCopy) await rename(path, `${path}${removedSuffix}`);
      else await rm(path);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    await this.#sync();
    return true;
  }

  #pathOf(key: string): string {
    if (decodeNkey(key) === undefined) throw new Error("invalid public key");
    return join(this.directory, `${key}${extension}`);
  }

  /** Makes the names durable. */
  async #sync(): Promise<void> {
    const handle = await open(this.directory, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** What two servers compare to see whether they have the same JWT. */
export function digestOf(jwt: string): Buffer {
  return createHash("sha256").update(jwt, "latin1").digest();
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
