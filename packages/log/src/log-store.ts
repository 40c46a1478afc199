import { assert, type DiskLock, type HistogramState, type Host } from "@oxbow/base";
import { DurableState, type StateRegistry, type StateSource } from "./durable-state.ts";
import { logError } from "./errors.ts";
import { FileStorage, type FileStorageContext, logDirectory } from "./file-storage.ts";
import { Journal, type JournalStats } from "./journal/journal.ts";
import type { JournalOwner } from "./journal/journal-owner.ts";
import type { SyncPolicy } from "./journal/journal-sync.ts";
import { LIMITS } from "./limits.ts";
import { Log, type StorageKind } from "./log.ts";
import { MemoryStorage } from "./memory-storage.ts";
import { type OpenedFiles, type OpenFilesOptions, openFiles, takeLock } from "./open-files.ts";
import { KIND_LOG_DELETED, KIND_STATE_DELETED } from "./record.ts";
import type { Damage, OpenLog } from "./recovery/recovery.ts";
import { type MaintainedStore, StoreMaintenance } from "./store-maintenance.ts";
import { StoreStaging } from "./store-staging.ts";

/** How to open a store. */
export interface LogStoreOptions extends OpenFilesOptions {
  /** Where everything lies; `undefined` keeps everything in memory. */
  readonly directory: string | undefined;
  /** Default `{ mode: "always" }`. */
  readonly sync?: SyncPolicy;
  /** Bytes of a journal file. Default 16 MiB. */
  readonly journalSizeMax?: number;
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
  readonly #staging: StoreStaging | undefined;
  readonly #maintenance: StoreMaintenance | undefined;
  readonly #logs = new Map<string, OpenLog>();
  readonly #states = new Map<string, DurableState>();
  #nextLogId: number;
  #nextStateId: number;
  #wasPressed = false;
  #failure: Error | undefined;
  #closing: Promise<void> | undefined;

  private constructor(host: Host, options: LogStoreOptions, lock?: DiskLock, files?: OpenedFiles) {
    this.#host = host;
    this.#directory = options.directory;
    this.#lock = lock;
    this.#context = files?.context;
    this.damage = files?.recovered.damage ?? [];
    this.#nextLogId = files?.recovered.nextLogId ?? 1;
    this.#nextStateId = files?.recovered.nextStateId ?? 1;
    if (files === undefined) return;
    const { context, recovered } = files;
    const journal = new Journal({
      disk: host.disk,
      clock: host.clock,
      directory: `${options.directory}/journal`,
      storeId: context.storeId,
      keys: files.keys,
      random: host.random,
      owner: this,
      sync: options.sync ?? { mode: "always" },
      sizeMax: options.journalSizeMax ?? LIMITS.journalSizeMax,
      lastNumber: recovered.lastJournalNumber,
      lastCommit: recovered.lastCommit,
    });
    const staging = new StoreStaging(journal);
    context.journal = journal;
    context.logTouched = (log) => staging.logTouched(log);
    this.#journal = journal;
    this.#staging = staging;
    this.#maintenance = new StoreMaintenance(this.#maintained(), journal, recovered.journalPaths);
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
    if (directory === undefined) return new LogStore(host, options);
    await host.disk.makeDirectory("STORE:DIRECTORY", directory);
    const lock = await takeLock(directory, host);
    let store: LogStore | undefined;
    try {
      store = new LogStore(host, options, lock, await openFiles(options, directory, host));
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

  /** How long it took each time until something was durable; `undefined` without a directory. */
  get syncTimes(): HistogramState | undefined {
    return this.#journal?.syncTimes;
  }

  /** When the first record of the commit was staged that is being told of, by the monotonic clock. */
  get settledSinceMs(): number {
    return this.#journal?.settledSinceMs ?? 0;
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
    if (files !== undefined) this.#staging?.stageLog(log);
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
    this.#maintenance?.removeLog(open);
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
    await this.#maintenance?.run(() => files.erase(log, sequence));
    await this.#maintenance?.scrub();
    if (this.#failure !== undefined) throw this.#failure;
    return true;
  }

  /**
   * Brings everything committed to the segment files, and lets go of the journal files before the current one. Rejects
   * with `LOG_FAILED`.
   */
  async checkpoint(): Promise<void> {
    await this.#maintenance?.checkpoint();
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
    this.#staging?.stageChanges();
  }

  stageSnapshot(): void {
    const logs = [...this.#logs.values()].filter(({ files }) => files !== undefined);
    this.#staging?.stageSnapshot(
      this.#nextLogId,
      this.#nextStateId,
      logs.map(({ log }) => log),
      this.#states.values(),
    );
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
    // The journal files are larger than what may wait in memory for the next one to begin.
    if (residentSize * 2 > LIMITS.residentBytesMax) this.#maintenance?.checkpointSoon();
  }

  onRotated(number: number): void {
    this.#maintenance?.onRotated(number);
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
    this.#staging?.stateTouched(state);
  }

  stateDeleted(state: DurableState): void {
    this.#states.delete(state.key);
    this.#journal?.stageRecord(KIND_STATE_DELETED, state.id, Buffer.alloc(0));
  }

  #maintained(): MaintainedStore {
    return {
      disk: this.#host.disk,
      journalDirectory: `${this.#directory}/journal`,
      openLogs: () => this.#logs.values(),
      hasFailed: () => this.#failure !== undefined,
      durable: () => this.durable(),
      onCheckpoint: () => this.#noteRelief(),
    };
  }

  #noteRelief(): void {
    if (!this.#wasPressed || this.isPressed) return;
    this.#wasPressed = false;
    this.listener?.onRelieved();
  }

  async #close(): Promise<void> {
    try {
      await this.#maintenance?.close();
      await this.#journal?.close();
    } finally {
      for (const { log, files } of this.#logs.values()) await files?.close(log);
      await this.#lock?.release();
    }
  }
}
