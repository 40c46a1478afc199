import { assert, type DiskLock, type Host } from "@oxbow/base";
import { BlockPool } from "./block-pool.ts";
import { SegmentFiles } from "./blocked-file/segment-files.ts";
import { ByteWriter } from "./byte-writer.ts";
import { call } from "./disk-files.ts";
import {
  DurableState,
  encodeStateDelta,
  encodeStateSnapshot,
  type StateRegistry,
  type StateSource,
} from "./durable-state.ts";
import type { EncryptionOptions, StoreKeys } from "./encryption/store-keys.ts";
import { logError } from "./errors.ts";
import { FileStorage, type FileStorageContext, logDirectory } from "./file-storage.ts";
import { Journal, type JournalStats } from "./journal.ts";
import { journalFileName } from "./journal-format.ts";
import type { JournalOwner } from "./journal-owner.ts";
import type { SyncPolicy } from "./journal-sync.ts";
import { LIMITS } from "./limits.ts";
import { Log, type StorageKind } from "./log.ts";
import { MemoryStorage } from "./memory-storage.ts";
import { ReadCache } from "./read-cache.ts";
import {
  KIND_LOG,
  KIND_LOG_DELETED,
  KIND_REMOVED,
  KIND_STATE,
  KIND_STATE_DELETED,
  KIND_STATE_DELTA,
  KIND_STORE,
  KIND_TRIMMED,
} from "./record.ts";
import { type Damage, type OpenLog, type Recovered, recover } from "./recovery.ts";
import { openStoreFile } from "./store-file.ts";
import { CHUNK_SIZE_MAX } from "./tail.ts";
import { encodeSequences } from "./tombstones.ts";

/** How to open a store. */
export interface LogStoreOptions {
  /** Where everything lies; `undefined` keeps everything in memory. */
  readonly directory: string | undefined;
  /** Default `{ mode: "always" }`. */
  readonly sync?: SyncPolicy;
  /** Bytes of a segment file. Default 64 MiB. */
  readonly segmentSizeMax?: number;
  /** Bytes of a journal file. Default 16 MiB. */
  readonly journalSizeMax?: number;
  /** Default: not encrypted. A store that holds data already is encrypted as it is opened. */
  readonly encryption?: EncryptionOptions | undefined;
}

/** Who hears of what happens to a store. */
export interface LogStoreListener {
  /** A commit has ended; `committedSequence` of every log says how far. Once for all logs, after their own listeners. */
  onCommitted(): void;
  /** A write or a sync failed: nothing more is acknowledged until the store is opened again. */
  onFailed(error: Error): void;
  /** {@link LogStore.isPressed} has become false. */
  onRelieved(): void;
}

interface OpenedFiles {
  readonly lock: DiskLock;
  readonly context: FileStorageContext;
  readonly recovered: Recovered;
  readonly keys: StoreKeys | undefined;
}

/** Begins the name of a journal file that waits to be used again, and does not count meanwhile. */
const SPARE_PREFIX = "spare-";

/**
 * All logs and states of a data directory, behind one journal. Created by {@link LogStore.open}; whoever opens it
 * closes it.
 */
export class LogStore implements AsyncDisposable, JournalOwner, StateRegistry {
  /** What recovery could not read; empty if all is well. Nothing of it was deleted. */
  readonly damage: readonly Damage[];
  listener: LogStoreListener | undefined;
  readonly #host: Host;
  readonly #directory: string | undefined;
  readonly #lock: DiskLock | undefined;
  readonly #context: FileStorageContext | undefined;
  readonly #journal: Journal | undefined;
  readonly #logs = new Map<string, OpenLog>();
  readonly #states = new Map<string, DurableState>();
  #nextLogId: number;
  #nextStateId: number;
  #dirtyLogs: Log[] = [];
  #dirtyStates: DurableState[] = [];
  #maintenance: Promise<void> = Promise.resolve();
  /** Journal files that go with the next checkpoint: those that were there before, and those of this process. */
  #foundJournals: string[];
  #oldJournals: string[] = [];
  /** Whether this process has written a journal file; those before are in the list from the beginning. */
  #hasJournal = false;
  /** The scrub that has not begun yet: whoever erases now is served by it. */
  #nextScrub: Promise<void> | undefined;
  #isCheckpointDue = false;
  #wasPressed = false;
  #failure: Error | undefined;
  #closing: Promise<void> | undefined;
  readonly #writer = new ByteWriter();

  private constructor(host: Host, options: LogStoreOptions, files: OpenedFiles | undefined) {
    this.#host = host;
    this.#directory = options.directory;
    this.#lock = files?.lock;
    this.#context = files?.context;
    this.damage = files?.recovered.damage ?? [];
    this.#nextLogId = files?.recovered.nextLogId ?? 1;
    this.#nextStateId = files?.recovered.nextStateId ?? 1;
    this.#foundJournals = files?.recovered.journalPaths ?? [];
    if (files === undefined) return;
    const { context, recovered } = files;
    context.logTouched = (log) => this.#logTouched(log);
    this.#journal = context.journal = new Journal({
      disk: host.disk,
      clock: host.clock,
      directory: this.#journalDirectory,
      storeId: context.storeId,
      keys: files.keys,
      random: host.random,
      owner: this,
      sync: options.sync ?? { mode: "always" },
      sizeMax: options.journalSizeMax ?? LIMITS.journalSizeMax,
      lastNumber: recovered.lastJournalNumber,
      lastCommit: recovered.lastCommit,
    });
    for (const open of recovered.logs) this.#logs.set(open.log.name, open);
    for (const { id, key, snapshot, deltas } of recovered.states) {
      this.#states.set(key, new DurableState(id, key, this, { snapshot, deltas }));
    }
  }

  /**
   * Opens or creates the store and recovers it: after this, exactly what was acknowledged is there, or is listed in
   * {@link damage}. Rejects with `STORE_LOCKED` while another process has it, `STORE_FORMAT` if a newer version wrote
   * it, without leaving handles or a lock behind.
   */
  static async open(options: LogStoreOptions, host: Host): Promise<LogStore> {
    const { directory } = options;
    if (directory === undefined) return new LogStore(host, options, undefined);
    await host.disk.makeDirectory("STORE:DIRECTORY", directory);
    const lock = await takeLock(directory, host);
    let store: LogStore | undefined;
    try {
      store = new LogStore(host, options, await openFiles(options, directory, lock, host));
      // The first commit begins a journal file of its own, so that nothing is ever added behind a torn tail.
      await store.durable();
      await store.#hideExposed();
      return store;
    } catch (error) {
      if (store === undefined) await lock.release();
      else await store.close().catch(() => {});
      throw error;
    }
  }

  /** Writes segments anew that could be read without the key. */
  async #hideExposed(): Promise<void> {
    const exposed = this.logs.filter(({ segments }) => segments.some((each) => each.isExposed));
    if (exposed.length === 0) return;
    this.#host.logger.info({ logs: exposed.length }, "encrypting what the data directory holds");
    await this.checkpoint();
  }

  /** Whether messages survive the process. */
  get isDurable(): boolean {
    return this.#journal !== undefined;
  }

  /** Counters of the journal since it was opened; zeros for a store in memory. */
  get stats(): Readonly<JournalStats> {
    return this.#journal?.stats ?? { commits: 0, syncs: 0, records: 0, bytes: 0 };
  }

  /** Why the store takes nothing any more; `undefined` while all is well. Reads go on. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Whether so much waits for the disk that appenders should stop until `onRelieved`. */
  get isPressed(): boolean {
    if (this.#journal === undefined || this.#context === undefined) return false;
    const pressed =
      this.#journal.stagedSize > LIMITS.stagedBytesMax ||
      this.#context.residentSize > LIMITS.residentBytesMax;
    if (pressed) this.#wasPressed = true;
    return pressed;
  }

  /** Bytes that wait for a commit. */
  get stagedSize(): number {
    return this.#journal?.stagedSize ?? 0;
  }

  /**
   * Begins a commit at once if much waits for one and none is under way, rather than at the end of the turn. For
   * whoever appends message after message, between two of them.
   */
  commitIfLarge(): void {
    this.#journal?.commitIfLarge();
  }

  /** The logs, by name. */
  log(name: string): Log | undefined {
    return this.#logs.get(name)?.log;
  }

  get logs(): Log[] {
    return [...this.#logs.values()].map(({ log }) => log);
  }

  /**
   * Creates an empty log. It is durable with the next commit. In a store without a directory, `file` means memory.
   * The caller has checked that the name is free.
   */
  createLog(name: string, storageKind: StorageKind): Log {
    assert(!this.#logs.has(name), `log ${name} exists`);
    const id = this.#nextLogId++;
    const files =
      storageKind === "file" && this.#context !== undefined
        ? new FileStorage(this.#context, logDirectory(this.#directory as string, id), false)
        : undefined;
    const log = new Log(id, name, storageKind, files ?? new MemoryStorage(this.#host.clock));
    this.#logs.set(name, { log, files });
    if (files !== undefined) this.#journal?.stageRecord(KIND_LOG, id, this.#encodeLog(log));
    return log;
  }

  /** Deletes a log with all its messages: durable with the next commit, after which its files go. */
  deleteLog(log: Log): void {
    const open = this.#logs.get(log.name);
    if (open === undefined || open.log !== log) return;
    this.#logs.delete(log.name);
    log.isDeleted = true;
    if (open.files === undefined) return;
    this.#journal?.stageRecord(KIND_LOG_DELETED, log.id, Buffer.alloc(0));
    const { files } = open;
    void this.#maintain(async () => {
      try {
        await this.#synced();
      } finally {
        await files.close(log);
      }
      await this.#host.disk.removeDirectory("LOG:REMOVE", files.directory);
    });
  }

  /** The state of that key, as recovered or created. */
  state(key: string): DurableState | undefined {
    return this.#states.get(key);
  }

  get states(): DurableState[] {
    return [...this.#states.values()];
  }

  /** Creates a state, whole with the next commit. The caller has checked that the key is free. */
  createState(key: string, source: StateSource): DurableState {
    assert(!this.#states.has(key), `state ${key} exists`);
    const state = new DurableState(this.#nextStateId++, key, this);
    state.source = source;
    this.#states.set(key, state);
    state.markDirty();
    return state;
  }

  /** A state that lives and dies with the process, for what belongs to a log in memory. */
  createVolatileState(key: string, source: StateSource): DurableState {
    const ignore = { stateTouched: () => {}, stateDeleted: () => {} };
    const state = new DurableState(0, key, ignore);
    state.source = source;
    return state;
  }

  /**
   * Calls `run` when everything appended, removed and marked dirty until now is durable (in a store without a
   * directory: at the end of the turn), or with the error if it never will be.
   */
  afterCommit(run: (error: Error | null) => void): void {
    if (this.#journal === undefined) this.#host.clock.afterTurn(() => run(null));
    else this.#journal.afterCommit(run);
  }

  /** Resolves when everything until now is durable. Rejects with `LOG_FAILED` if it never will be. */
  durable(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.afterCommit((error) => {
        if (error === null) resolve();
        else reject(logError("LOG_FAILED", "the journal could not be written", { cause: error }));
      });
    });
  }

  /**
   * Overwrites a message wherever it lies, and removes it; a batch goes as a whole. Resolves when its bytes are in no
   * file of the store any more, which takes a checkpoint; calls made meanwhile share one. The subject may stay in the
   * index of its segment until that is compacted. False if there is no such message. Rejects with `LOG_FAILED`; then
   * its bytes may be there.
   */
  async erase(log: Log, sequence: number): Promise<boolean> {
    const files = this.#logs.get(log.name)?.files;
    if (!log.removeRecord(sequence)) return false;
    if (files === undefined) return true;
    await this.durable();
    await this.#maintain(() => files.erase(log, sequence));
    this.#nextScrub ??= this.#maintain(() => this.#scrub());
    await this.#nextScrub;
    if (this.#failure !== undefined) throw this.#failure;
    return true;
  }

  /**
   * Brings everything committed to the segment files, and lets go of the journal files before the current one. Rejects
   * with `LOG_FAILED`.
   */
  async checkpoint(): Promise<void> {
    await this.#maintain(() => this.#checkpoint(true));
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Ends the store: everything staged is committed and checkpointed, the lock is released. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // What follows serves the journal, the states and the recovery.

  stageChanges(): void {
    const journal = this.#journal as Journal;
    const logs = this.#dirtyLogs;
    this.#dirtyLogs = [];
    for (const log of logs) this.#stageLogChanges(journal, log);
    const states = this.#dirtyStates;
    this.#dirtyStates = [];
    for (const state of states) {
      if (!state.isDirty || state.isDeleted) continue;
      state.isDirty = false;
      if (state.isWhole) {
        state.isWhole = false;
        journal.stageRecord(KIND_STATE, state.id, encodeStateSnapshot(state));
      } else {
        const delta = encodeStateDelta(state);
        if (delta.length > 0) journal.stageRecord(KIND_STATE_DELTA, state.id, delta);
      }
    }
  }

  stageSnapshot(): void {
    const journal = this.#journal as Journal;
    this.#writer.clear();
    this.#writer.integer(this.#nextLogId);
    this.#writer.integer(this.#nextStateId);
    journal.stageRecord(KIND_STORE, 0, this.#writer.bytes);
    for (const { log, files } of this.#logs.values()) {
      if (files !== undefined) journal.stageRecord(KIND_LOG, log.id, this.#encodeLog(log));
    }
    for (const state of this.#states.values()) {
      state.isDirty = false;
      state.isWhole = false;
      journal.stageRecord(KIND_STATE, state.id, encodeStateSnapshot(state));
    }
  }

  /** A checkpoint syncs a file for each log with new messages, so the more there are, the rarer it comes. */
  get journalSizeWanted(): number {
    let count = 0;
    for (const { files } of this.#logs.values())
      if (files !== undefined && files.residentSize > 0) count++;
    return Math.min(count * LIMITS.checkpointBytesPerLog, LIMITS.residentBytesMax / 2);
  }

  onCommitted(): void {
    this.listener?.onCommitted();
    this.#noteRelief();
    const { residentSize } = this.#context as FileStorageContext;
    if (residentSize * 2 <= LIMITS.residentBytesMax || this.#isCheckpointDue) return;
    // The journal files are larger than what may wait in memory for the next one to begin.
    this.#isCheckpointDue = true;
    void this.#maintain(() => this.#checkpoint(true));
  }

  onRotated(number: number): void {
    const previous = `${this.#journalDirectory}/${journalFileName(number - 1)}`;
    if (this.#hasJournal) this.#oldJournals.push(previous);
    this.#hasJournal = true;
    void this.#maintain(() => this.#checkpoint(true));
  }

  onFailed(error: Error): void {
    this.#failure = logError("LOG_FAILED", "the journal could not be written", { cause: error });
    this.#host.logger.error(
      { code: "LOG_FAILED", error: error.message },
      "writing to the data directory failed: nothing more is acknowledged until a restart",
    );
    this.listener?.onFailed(this.#failure);
  }

  stateTouched(state: DurableState): void {
    this.#dirtyStates.push(state);
    this.#journal?.schedule();
  }

  stateDeleted(state: DurableState): void {
    this.#states.delete(state.key);
    this.#journal?.stageRecord(KIND_STATE_DELETED, state.id, Buffer.alloc(0));
  }

  get #journalDirectory(): string {
    return `${this.#directory}/journal`;
  }

  #logTouched(log: Log): void {
    this.#dirtyLogs.push(log);
    this.#journal?.schedule();
  }

  #stageLogChanges(journal: Journal, log: Log): void {
    const { removals, isTrimmed } = log.takeChanges();
    if (log.isDeleted) return;
    if (removals.length > 0) journal.stageRecord(KIND_REMOVED, log.id, encodeSequences(removals));
    if (isTrimmed) journal.stageRecord(KIND_TRIMMED, log.id, this.#encodeBounds(log));
  }

  #encodeLog(log: Log): Buffer {
    const writer = this.#writer;
    writer.clear();
    writer.text(log.name);
    this.#writeBounds(log);
    return writer.bytes;
  }

  #encodeBounds(log: Log): Buffer {
    this.#writer.clear();
    this.#writeBounds(log);
    return this.#writer.bytes;
  }

  #writeBounds(log: Log): void {
    this.#writer.integer(log.firstSequence);
    this.#writer.integer(log.lastSequence);
    this.#writer.integer(Math.max(0, Math.floor(log.lastTimestampMs)));
  }

  /** Resolves when everything until now is on disk, in the weaker sync modes, too. */
  #synced(): Promise<void> {
    return call((done) => (this.#journal as Journal).afterSync(done));
  }

  /** Runs `work` after the maintenance before it. A failure is the store's, not the caller's: it does not reject. */
  #maintain(work: () => Promise<void>): Promise<void> {
    const run = this.#maintenance.then(work);
    this.#maintenance = run.catch((error: Error) => this.#journal?.fail(error));
    return this.#maintenance;
  }

  async #checkpoint(canRecycle: boolean): Promise<void> {
    this.#isCheckpointDue = false;
    if (this.#failure !== undefined) return;
    const found = this.#foundJournals.slice();
    const journals = this.#oldJournals.slice();
    const due = [...this.#logs.values()].filter(({ log, files }) => files?.needsCheckpoint(log));
    let next = 0;
    // Two at a time: the journal's commits need a thread of the pool, too.
    const work = async (): Promise<void> => {
      for (let open = due[next++]; open !== undefined; open = due[next++]) {
        if (!open.log.isDeleted) await open.files?.checkpoint(open.log);
      }
    };
    await allEnded([work(), work()]);
    // What an earlier process left may have been written by a disk that failed: it is not written over.
    for (const path of found) await this.#host.disk.remove("JOURNAL:REMOVE", path);
    for (const path of journals) await this.#retireJournal(path, canRecycle);
    if (found.length + journals.length > 0) {
      await this.#host.disk.syncDirectory("JOURNAL:RETIRED", this.#journalDirectory);
    }
    this.#foundJournals = this.#foundJournals.filter((path) => !found.includes(path));
    this.#oldJournals = this.#oldJournals.filter((path) => !journals.includes(path));
    this.#noteRelief();
  }

  async #retireJournal(path: string, canRecycle: boolean): Promise<void> {
    const { disk } = this.#host;
    const journal = this.#journal as Journal;
    if (!canRecycle || this.#closing !== undefined || !journal.wantsSpare) {
      await disk.remove("JOURNAL:REMOVE", path);
      return;
    }
    const name = path.slice(this.#journalDirectory.length + 1);
    const spare = `${this.#journalDirectory}/${SPARE_PREFIX}${name}`;
    await disk.rename("JOURNAL:RETIRE", path, spare);
    journal.recycle(spare);
  }

  /** Leaves no journal file that was written until now, also not one that would be written over. */
  async #scrub(): Promise<void> {
    this.#nextScrub = undefined;
    const journal = this.#journal as Journal;
    await journal.discardRecycled();
    journal.askRotation();
    await this.durable();
    await this.#checkpoint(false);
  }

  #noteRelief(): void {
    if (!this.#wasPressed || this.isPressed) return;
    this.#wasPressed = false;
    this.listener?.onRelieved();
  }

  async #close(): Promise<void> {
    const journal = this.#journal;
    try {
      if (journal === undefined) return;
      if (this.#failure === undefined) {
        // A last rotation leaves a journal that holds nothing but the state, so that the next start replays nothing.
        journal.askRotation();
        await this.durable().catch(() => {});
        await this.#maintain(() => this.#checkpoint(false));
      }
      await this.#maintenance;
      await journal.close();
    } finally {
      for (const { log, files } of this.#logs.values()) await files?.close(log);
      await this.#lock?.release();
    }
  }
}

/** Waits for all, and only then rejects if one did: nothing goes on behind the caller's back. */
async function allEnded(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) {
    if (result.status === "rejected") throw result.reason;
  }
}

async function takeLock(directory: string, host: Host): Promise<DiskLock> {
  try {
    return await host.disk.lock("STORE:LOCK", `${directory}/lock`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    throw logError(
      "STORE_LOCKED",
      `the data directory ${directory} is in use by another process: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

async function openFiles(
  options: LogStoreOptions,
  directory: string,
  lock: DiskLock,
  host: Host,
): Promise<OpenedFiles> {
  const { disk } = host;
  const { id: storeId, keys, damage } = await openStoreFile(directory, host, options.encryption);
  await disk.makeDirectory("STORE:JOURNALS", `${directory}/journal`);
  await disk.makeDirectory("STORE:LOGS", `${directory}/logs`);
  await disk.syncDirectory("STORE:NAMES", directory);
  // A process that was killed may have left names in it that are not on disk yet.
  await disk.syncDirectory("LOGS:NAMES", `${directory}/logs`);
  const context: FileStorageContext = {
    disk,
    files: new SegmentFiles(disk, host.random, keys),
    journal: undefined,
    cache: new ReadCache(LIMITS.readCacheSize, LIMITS.readAheadSize),
    storeId,
    segmentSizeMax: options.segmentSizeMax ?? LIMITS.segmentSizeMax,
    residentSize: 0,
    blocks: new BlockPool(host.clock, CHUNK_SIZE_MAX, LIMITS.pooledBlocksMax),
    logTouched: () => {},
    opened: new Set(),
  };
  for (const name of await disk.list("JOURNAL:SPARES", `${directory}/journal`)) {
    if (!name.startsWith(SPARE_PREFIX)) continue;
    await disk.remove("JOURNAL:LEFTOVER", `${directory}/journal/${name}`);
  }
  const recovered = await recover(directory, context, keys, host);
  if (damage !== undefined) recovered.damage.push(damage);
  return { lock, context, recovered, keys };
}
