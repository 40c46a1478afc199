import type { Disk } from "@oxbow/base";
import { call } from "./disk-files.ts";
import type { Journal } from "./journal/journal.ts";
import { journalFileName, spareFileName } from "./journal/journal-format.ts";
import type { OpenLog } from "./recovery/recovery.ts";

/** The store that is looked after. */
export interface MaintainedStore {
  readonly disk: Disk;
  readonly journalDirectory: string;
  /** The logs that there are now. */
  openLogs(): Iterable<OpenLog>;
  /** Whether nothing may be written any more, since writing has failed. */
  hasFailed(): boolean;
  /** Resolves when everything until now is committed. */
  durable(): Promise<void>;
  /** A checkpoint has ended. */
  onCheckpoint(): void;
}

/**
 * What is done to a store's files beside commits, one piece of work at a time: checkpoints, which bring messages from the
 * journal to segments and let go of its old files, removals of logs, and erasures.
 */
export class StoreMaintenance {
  readonly #store: MaintainedStore;
  readonly #journal: Journal;
  #work: Promise<void> = Promise.resolve();
  /** Journal files that go with the next checkpoint: those that were there before, and those of this process. */
  #foundJournals: string[];
  #oldJournals: string[] = [];
  /** Whether this process has written a journal file; those before are in the list from the beginning. */
  #hasJournal = false;
  /** The scrub that has not begun yet: whoever erases now is served by it. */
  #nextScrub: Promise<void> | undefined;
  #isCheckpointDue = false;
  #isClosing = false;

  /** @param foundJournals - Paths of the journal files that were there before. */
  constructor(store: MaintainedStore, journal: Journal, foundJournals: string[]) {
    this.#store = store;
    this.#journal = journal;
    this.#foundJournals = foundJournals;
  }

  /** Runs `work` after that before it. A failure is the store's, not the caller's: it does not reject. */
  run(work: () => Promise<void>): Promise<void> {
    const run = this.#work.then(work);
    this.#work = run.catch((error: Error) => this.#journal.fail(error));
    return this.#work;
  }

  /** Brings everything committed to the segment files, and lets go of the journal files before the current one. */
  checkpoint(): Promise<void> {
    return this.run(() => this.#checkpoint(true));
  }

  /** The same, in the background, unless one is due already: much waits in memory. */
  checkpointSoon(): void {
    if (this.#isCheckpointDue) return;
    this.#isCheckpointDue = true;
    void this.checkpoint();
  }

  /** The journal goes on in file `number`: the ones before can be let go. */
  onRotated(number: number): void {
    const previous = `${this.#store.journalDirectory}/${journalFileName(number - 1)}`;
    if (this.#hasJournal) this.#oldJournals.push(previous);
    this.#hasJournal = true;
    void this.checkpoint();
  }

  /** Removes the files of a deleted log once that is durable. */
  removeLog({ log, files }: OpenLog): void {
    if (files === undefined) return;
    void this.run(async () => {
      try {
        // In the weaker sync modes, too.
        await call((done) => this.#journal.afterSync(done));
      } finally {
        await files.close(log);
      }
      await this.#store.disk.removeDirectory("LOG:REMOVE", files.directory);
    });
  }

  /** Leaves no journal file that was written until now; calls that are made before it begins share one. */
  scrub(): Promise<void> {
    this.#nextScrub ??= this.run(() => this.#scrub());
    return this.#nextScrub;
  }

  /** Ends with a checkpoint, if there is no failure, and waits for all work. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (!this.#store.hasFailed()) {
      // A last rotation leaves a journal that holds nothing but the state, so that the next start replays nothing.
      this.#journal.askRotation();
      await this.#store.durable().catch(() => {});
      await this.run(() => this.#checkpoint(false));
    }
    await this.#work;
  }

  async #checkpoint(canRecycle: boolean): Promise<void> {
    this.#isCheckpointDue = false;
    const { disk, journalDirectory } = this.#store;
    if (this.#store.hasFailed()) return;
    const found = this.#foundJournals.slice();
    const journals = this.#oldJournals.slice();
    const due = [...this.#store.openLogs()].filter(({ log, files }) => files?.needsCheckpoint(log));
    let next = 0;
    // Two at a time: the journal's commits need a thread of the pool, too.
    const work = async (): Promise<void> => {
      for (let open = due[next++]; open !== undefined; open = due[next++]) {
        if (!open.log.isDeleted) await open.files?.checkpoint(open.log);
      }
    };
    await allEnded([work(), work()]);
    // What an earlier process left may have been written by a disk that failed: it is not written over.
    for (const path of found) await disk.remove("JOURNAL:REMOVE", path);
    for (const path of journals) await this.#retireJournal(path, canRecycle);
    if (found.length + journals.length > 0) {
      await disk.syncDirectory("JOURNAL:RETIRED", journalDirectory);
    }
    this.#foundJournals = this.#foundJournals.filter((path) => !found.includes(path));
    this.#oldJournals = this.#oldJournals.filter((path) => !journals.includes(path));
    this.#store.onCheckpoint();
  }

  async #retireJournal(path: string, canRecycle: boolean): Promise<void> {
    const { disk, journalDirectory } = this.#store;
    if (!canRecycle || this.#isClosing || !this.#journal.wantsSpare) {
      await disk.remove("JOURNAL:REMOVE", path);
      return;
    }
    const spare = `${journalDirectory}/${spareFileName(path.slice(journalDirectory.length + 1))}`;
    await disk.rename("JOURNAL:RETIRE", path, spare);
    this.#journal.recycle(spare);
  }

  /** Leaves also no file that would be written over. */
  async #scrub(): Promise<void> {
    this.#nextScrub = undefined;
    await this.#journal.discardRecycled();
    this.#journal.askRotation();
    await this.#store.durable();
    await this.#checkpoint(false);
  }
}

/** Waits for all, and only then rejects if one did: nothing goes on behind the caller's back. */
async function allEnded(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) {
    if (result.status === "rejected") throw result.reason;
  }
}
