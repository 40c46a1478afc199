import type { Disk, DiskFile, Random } from "@oxbow/base";
import { call } from "../disk-files.ts";
import type { FileCipher } from "../encryption/file-cipher.ts";
import { StoreKeys } from "../encryption/store-keys.ts";
import { encodeJournalHeader, type JournalLock, journalFileName } from "./journal-format.ts";

/** A journal file that is ready to be begun. */
export interface PreparedFile {
  readonly number: number;
  readonly path: string;
  readonly file: DiskFile;
  /** Bytes that are allocated: a sync of what is written there has no new size to write, too. */
  readonly capacity: number;
  /** Whether old frames lie behind its header. */
  readonly isRecycled: boolean;
  readonly cipher: FileCipher | undefined;
}

/** What journal files are made with. */
export interface JournalFilesOptions {
  readonly disk: Disk;
  readonly random: Random;
  readonly directory: string;
  readonly storeId: Buffer;
  /** With them the files are encrypted. */
  readonly keys: StoreKeys | undefined;
  /** Bytes of a file. */
  readonly sizeMax: number;
}

/** Bytes allocated for the first journal file of a process: most starts are followed by little. */
const FIRST_SIZE = 1024 * 1024;
/** Files kept to be written over: a checkpoint that falls behind gives back several at once. */
const SPARES_MAX = 4;
const ZEROS: Buffer = Buffer.alloc(1024 * 1024);

/** Has the next file of a journal ready before it is needed: from one that was given back, or a new one. */
export class JournalFiles {
  readonly #options: JournalFilesOptions;
  #prepared: PreparedFile | undefined;
  /** The work under way on files. One piece at a time: two would use the same name. */
  #work: Promise<void> | undefined;
  /** Paths of files to write over, oldest first. */
  #recyclable: string[] = [];

  constructor(options: JournalFilesOptions) {
    this.#options = options;
  }

  /** The next file, if it is ready. */
  get prepared(): PreparedFile | undefined {
    return this.#prepared;
  }

  /** Whether an old file would be used for the next one. */
  get wantsSpare(): boolean {
    return this.#recyclable.length < SPARES_MAX;
  }

  /** Takes a file that is no longer needed: its blocks are allocated already. */
  recycle(path: string): void {
    this.#recyclable.push(path);
  }

  /**
   * Makes file `number` ready in the background, unless work is under way already.
   *
   * @param isFirst - Of this process.
   */
  prepare(number: number, isFirst: boolean, done: (error: Error | null) => void): void {
    this.#work ??= this.#prepare(number, isFirst).then(
      () => {
        this.#work = undefined;
        done(null);
      },
      (error: Error) => {
        this.#work = undefined;
        done(error);
      },
    );
  }

  /** Hands the next file over: it is the journal's now. */
  take(): void {
    this.#prepared = undefined;
  }

  /** Resolves when no work is under way. */
  async idle(): Promise<void> {
    await this.#work;
  }

  /** Removes the files that wait to be used again, with the old records in them. `done` is called when one was ready. */
  async discardRecycled(done: () => void): Promise<void> {
    await this.#work;
    if (this.#prepared?.isRecycled) {
      // No file is made ready meanwhile: it would have the name of the one that goes.
      this.#work = this.discardPrepared().finally(() => {
        this.#work = undefined;
        done();
      });
      await this.#work;
    }
    const paths = this.#recyclable;
    this.#recyclable = [];
    for (const path of paths) await this.#options.disk.remove("JOURNAL:DISCARD", path);
  }

  /** Removes the next file. */
  async discardPrepared(): Promise<void> {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    if (prepared === undefined) return;
    await prepared.file.close();
    await this.#options.disk.remove("JOURNAL:DISCARD", prepared.path);
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    await this.#prepared?.file.close();
  }

  async #prepare(number: number, isFirst: boolean): Promise<void> {
    const { disk, directory, storeId, keys } = this.#options;
    const path = `${directory}/${journalFileName(number)}`;
    const recycled = this.#recyclable.shift();
    const isRecycled = recycled !== undefined;
    if (isRecycled) {
      await disk.rename("JOURNAL:RECYCLE", recycled, path);
      // Before its header says otherwise: the old name must never come back with the new number in it.
      await disk.syncDirectory("JOURNAL:DIRECTORY", directory);
    }
    const file = await disk.open("JOURNAL:OPEN", path, isRecycled ? "write" : "create");
    try {
      const capacity = isRecycled
        ? await file.size("JOURNAL:SIZE")
        : await this.#allocate(file, isFirst);
      // Last of all: with a header the file is whole.
      const lock = this.#newLock();
      const header = encodeJournalHeader(number, storeId, capacity, lock);
      await call((done) => file.commit("JOURNAL:HEADER", [header], 0, done));
      if (!isRecycled) await disk.syncDirectory("JOURNAL:DIRECTORY", directory);
      const cipher = lock === undefined ? undefined : keys?.fileCipher(lock.salt);
      this.#prepared = { number, path, file, capacity, isRecycled, cipher };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  #newLock(): JournalLock | undefined {
    const { keys, random } = this.#options;
    if (keys === undefined) return undefined;
    return { salt: StoreKeys.newSalt(random), envelope: keys.envelope };
  }

  /** Fills a new file with zeros, durably; returns its size. */
  async #allocate(file: DiskFile, isFirst: boolean): Promise<number> {
    const { sizeMax } = this.#options;
    const capacity = isFirst ? Math.min(FIRST_SIZE, sizeMax) : sizeMax;
    for (let at = 0; at < capacity; at += ZEROS.length) {
      const zeros = ZEROS.subarray(0, Math.min(ZEROS.length, capacity - at));
      await call((done) => file.write("JOURNAL:ALLOCATE", [zeros], at, done));
    }
    await call((done) => file.sync("JOURNAL:ALLOCATE", done));
    return capacity;
  }
}
