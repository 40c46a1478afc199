import { promises as fsp } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { DiskLock } from "@oxbow/base";

/** SQLite's result code for "another connection holds the lock". */
const SQLITE_BUSY = 5;

/**
 * Takes the lock file at `path`, or rejects with code `ELOCKED`.
 *
 * The lock is the one that an exclusive SQLite transaction holds on its (here empty) database file: the only lock
 * Node offers, on every system, that the kernel ends together with the process. So nothing goes stale after a
 * SIGKILL, nobody has to judge whether a process id is still the same process, and it holds between containers that
 * share a directory, where process ids and abstract sockets mean nothing. SQLite also refuses a second lock within
 * the process, which the POSIX lock below it would grant.
 *
 * The file must not be opened in any other way in this process: closing it would end the lock. The holder's
 * process id is therefore kept beside it, in `<path>.pid`, for the message only.
 */
export async function takeLock(path: string): Promise<DiskLock> {
  // For a clear ENOENT or EACCES, where SQLite says "unable to open database file".
  await fsp.access(dirname(path), fsp.constants.W_OK);
  const database = new DatabaseSync(path, { timeout: 0 });
  const pidPath = `${path}.pid`;
  try {
    // The journal is kept in memory so that no second file appears.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
    throw lockedError(path, await readPid(pidPath));
  }
  try {
    await fsp.chmod(path, 0o600);
    await fsp.writeFile(pidPath, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    database.close();
    throw error;
  }
  return new NodeLock(database, pidPath);
}

class NodeLock implements DiskLock {
  readonly #database: DatabaseSync;
  readonly #pidPath: string;
  #releasing: Promise<void> | undefined;

  constructor(database: DatabaseSync, pidPath: string) {
    this.#database = database;
    this.#pidPath = pidPath;
  }

  release(): Promise<void> {
    return (this.#releasing ??= this.#release());
  }

  /** The lock file stays: removing it could take it from under a process that has just opened it. */
  async #release(): Promise<void> {
    await fsp.rm(this.#pidPath, { force: true });
    this.#database.close();
  }
}

function lockedError(path: string, pid: string | undefined): Error {
  const holder = pid === undefined ? "another process" : `process ${pid}`;
  return Object.assign(new Error(`ELOCKED: ${path} is locked by ${holder}`), {
    code: "ELOCKED",
    path,
  });
}

async function readPid(path: string): Promise<string | undefined> {
  try {
    return /^\d+/.exec(await fsp.readFile(path, "utf8"))?.[0];
  } catch {
    // The holder has not written it yet, or it is not ours to read: the message does without.
    return undefined;
  }
}
