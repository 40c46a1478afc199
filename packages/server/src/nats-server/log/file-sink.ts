import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { LineSink } from "./server-log.ts";

/** How large a log file gets, and how many there are. */
export interface FileLimits {
  /** Bytes after which the file is put aside and a new one begun; 0 is no limit. */
  readonly sizeMax: number;
  /** Files that are kept, the current one among them; 0 is no limit. */
  readonly filesMax: number;
}

/** Makes a line of the log itself, where the sink has something to say. */
export type NoticeFormat = (text: string) => string;

/** Names of files put aside end with when that was, to the nanosecond: `.2026.11.20.12.25.32.775774000`. */
const backupStamp = /^\.\d{4}(\.\d{2}){5}\.\d{9}$/;

/**
 * A log in a file. Lines are appended as they come; what cannot be written is lost, since there is nowhere to say so.
 * When the file is full it is renamed and a new one begun, and the oldest of those before are removed.
 */
export class FileSink implements LineSink {
  readonly #path: string;
  readonly #nowMs: () => number;
  readonly #notice: NoticeFormat;
  limits: FileLimits;
  #descriptor: number;
  #size: number;

  /** @throws The error of the system where the file cannot be opened. */
  constructor(path: string, limits: FileLimits, nowMs: () => number, notice: NoticeFormat) {
    this.#path = path;
    this.limits = limits;
    this.#nowMs = nowMs;
    this.#notice = notice;
    this.#descriptor = openSync(path, "a", 0o640);
    this.#size = fstatSync(this.#descriptor).size;
  }

  get path(): string {
    return this.#path;
  }

  write(line: string): void {
    this.#append(line);
    if (this.limits.sizeMax > 0 && this.#size > this.limits.sizeMax) this.#rotate();
  }

  /** Goes on in the file of that name, after somebody has moved this one away. */
  reopen(): void {
    const descriptor = openSync(this.#path, "a", 0o640);
    closeSync(this.#descriptor);
    this.#descriptor = descriptor;
    this.#size = fstatSync(descriptor).size;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #append(line: string): void {
    const bytes = Buffer.from(line);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
    } catch {
      // The disk is full, or gone. The next line may find it better.
    }
    this.#size += bytes.length;
  }

  #rotate(): void {
    const backup = this.#path + stampOf(this.#nowMs());
    try {
      renameSync(this.#path, backup);
      this.reopen();
    } catch {
      // The file goes on as it is; the next line tries again.
      return;
    }
    this.#append(this.#notice(`Rotated log, backup saved as "${backup}"`));
    if (this.limits.filesMax > 0) this.#removeOld(this.limits.filesMax - 1);
  }

  #removeOld(backupsMax: number): void {
    const directory = dirname(this.#path);
    const name = basename(this.#path);
    try {
      const backups = readdirSync(directory)
        .filter((file) => file.startsWith(name) && backupStamp.test(file.slice(name.length)))
        .sort();
      for (const file of backups.slice(0, Math.max(0, backups.length - backupsMax))) {
        rmSync(join(directory, file));
        this.#append(this.#notice(`Purged log file "${file}"`));
      }
    } catch (error) {
      this.#append(this.#notice(`Unable to remove old log files: ${(error as Error).message}`));
    }
  }
}

/** When it is, in local time, with a dot between the parts. */
function stampOf(nowMs: number): string {
  const wholeMs = Math.floor(nowMs);
  const local = new Date(wholeMs - new Date(wholeMs).getTimezoneOffset() * 60_000);
  const [date = "", time = ""] = local.toISOString().slice(0, 19).split("T");
  const nanos = Math.floor((nowMs % 1000) * 1e6);
  return `.${`${date}.${time}`.replaceAll(/[-:]/g, ".")}.${String(nanos).padStart(9, "0")}`;
}
