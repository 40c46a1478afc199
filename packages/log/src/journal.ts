import {
  assert,
  type Clock,
  crc32cWord,
  type Disk,
  type DiskFile,
  type Random,
  type Timer,
} from "@oxbow/base";
import { allocateBlock, type Block } from "./block.ts";
import { call } from "./disk-files.ts";
import { type FileCipher, TAG_SIZE } from "./encryption/file-cipher.ts";
import { StoreKeys } from "./encryption/store-keys.ts";
import {
  aligned,
  encodeFrameHead,
  encodeJournalHeader,
  FRAME_ALIGNMENT,
  FRAME_ENCRYPTED,
  FRAME_HEAD_SIZE,
  FRAME_SNAPSHOT,
  foldRecordCrcs,
  frameAssociated,
  frameNonce,
  frameSeed,
  type JournalLock,
  journalFileName,
} from "./journal-format.ts";
import { LIMITS } from "./limits.ts";
import { sealRecord } from "./record.ts";
import type { Segment } from "./segment.ts";

/** When an acknowledged change is on disk; each weaker mode is named for what it loses. */
export type SyncPolicy =
  /** Before it is acknowledged. Loses nothing. */
  | { readonly mode: "always" }
  /** At most `intervalMs` later. A crash of the machine, not of the process, loses up to that much. */
  | { readonly mode: "interval"; readonly intervalMs: number }
  /** When the operating system gets to it. A crash of the machine loses what it had not written. */
  | { readonly mode: "never" };

/** Counters since the store was opened. */
export interface JournalStats {
  /** Frames written. */
  commits: number;
  /** Times the journal was made durable: an `fdatasync` each. */
  syncs: number;
  /** Records in those frames. */
  records: number;
  /** Bytes of those frames. */
  bytes: number;
}

/** Who takes part in commits of records of a log: told when a run of its records is durable. */
export interface CommitParticipant {
  /** Records of `segment`, which lie there from `position` on, are committed; `source` is borrowed during the call. */
  onRunCommitted(
    segment: Segment,
    position: number,
    source: Buffer,
    start: number,
    end: number,
    lastSequence: number,
  ): void;
  /** Called after all runs of a commit, once for each run: the participant remembers whether it has been told. */
  onCommitted(): void;
}

/** Who owns the journal: adds what changed just before a commit, and describes everything when a file begins. */
export interface JournalOwner {
  /** Bytes that a journal file should hold at least, so that the checkpoint after it is worth its cost. */
  readonly journalSizeWanted: number;
  /** Stages the records of whatever is dirty. */
  stageChanges(): void;
  /** Stages records that hold the whole state of the store but for its messages. */
  stageSnapshot(): void;
  /** A commit has ended, and every participant in it was told. */
  onCommitted(): void;
  /** The journal goes on in file `number`, durably: everything in earlier files is committed. */
  onRotated(number: number): void;
  /** Writing failed: the outcome of what was staged is unknown, nothing more will be committed. */
  onFailed(error: Error): void;
}

/** A consecutive run of one participant's records in a batch. */
interface Run {
  participant: CommitParticipant;
  segment: Segment;
  position: number;
  start: number;
  end: number;
  lastSequence: number;
}

/** Bytes allocated for the first journal file of a process: most starts are followed by little. */
const FIRST_SIZE = 1024 * 1024;
/** Files kept to be written over: a checkpoint that falls behind gives back several at once. */
const SPARES_MAX = 4;
const ZEROS: Buffer = Buffer.alloc(1024 * 1024);

/** Memory of a batch that has nothing to hold. */
const BATCH_SIZE_MIN = 64 * 1024;
/** How many such batches it takes until half of the memory is given back. */
const LIGHT_COUNT_MAX = 256;

/** The records that wait for, or are under, one commit. */
class Batch {
  /** Batches in a row that needed less than an eighth of the block. */
  #lightCount = 0;
  block: Block = allocateBlock(BATCH_SIZE_MIN);
  size = FRAME_HEAD_SIZE;
  recordCount = 0;
  recordsCrc = 0;
  readonly runs: Run[] = [];
  runCount = 0;
  waiters: ((error: Error | null) => void)[] = [];

  reset(): void {
    // What a burst has grown is given back by halves once it has long not been needed: to grow again costs copies.
    this.#lightCount = this.size * 8 < this.block.bytes.length ? this.#lightCount + 1 : 0;
    if (this.#lightCount > LIGHT_COUNT_MAX && this.block.bytes.length > BATCH_SIZE_MIN) {
      this.block = allocateBlock(this.block.bytes.length / 2);
      this.#lightCount = 0;
    }
    this.size = FRAME_HEAD_SIZE;
    this.recordCount = 0;
    this.recordsCrc = 0;
    this.runCount = 0;
    this.waiters = [];
  }
}

/** A journal file that is ready to be begun. */
interface PreparedFile {
  readonly number: number;
  readonly path: string;
  readonly file: DiskFile;
  /** Bytes that are allocated: a sync of what is written there has no new size to write, too. */
  readonly capacity: number;
  /** Whether old frames lie behind its header. */
  readonly isRecycled: boolean;
  readonly cipher: FileCipher | undefined;
}

/**
 * The journal of a data directory: every durable change of every log and state, in commit order, with group commit.
 *
 * Records are staged in memory; one commit at a time writes all that is staged as one frame and makes it durable,
 * while the next batch gathers. A commit begins at the end of the turn in which the first record was staged, or when
 * the one before it ends: it never waits for a fuller batch.
 */
export class Journal {
  readonly stats: JournalStats = { commits: 0, syncs: 0, records: 0, bytes: 0 };
  readonly #disk: Disk;
  readonly #clock: Clock;
  readonly #directory: string;
  readonly #storeId: Buffer;
  readonly #seed: number;
  readonly #keys: StoreKeys | undefined;
  readonly #random: Random;
  /** Of the file that commits go to. */
  #cipher: FileCipher | undefined;
  readonly #owner: JournalOwner;
  readonly #sync: SyncPolicy;
  readonly #sizeMax: number;
  #staging = new Batch();
  #inFlight: Batch | undefined;
  /** Whether a commit is written whose participants are not told yet. */
  #isSettling = false;
  /** Whether nothing is to be written of the batch in flight: it has ended when that commit is settled. */
  #isOnlyAwaited = false;
  readonly #spare: Batch[] = [new Batch()];
  #file: DiskFile | undefined;
  /** The file before, while the first frame of the next one is written. */
  #previous: DiskFile | undefined;
  #number: number;
  #commit: number;
  /** The last commit whose write has ended. */
  #written: number;
  /** The last commit that is known to be durable. */
  #synced: number;
  #position = FRAME_ALIGNMENT;
  #capacity = 0;
  /** Bytes of the frame the file began with. */
  #snapshotSize = 0;
  #turnScheduled = false;
  #rotationAsked = false;
  #prepared: PreparedFile | undefined;
  #preparing: Promise<void> | undefined;
  #syncTimer: Timer | undefined;
  #failure: Error | undefined;
  #closed = false;
  /** Paths of files to write over, oldest first. */
  #recyclable: string[] = [];

  constructor(options: {
    disk: Disk;
    clock: Clock;
    directory: string;
    storeId: Buffer;
    /** With them the journal is encrypted. */
    keys: StoreKeys | undefined;
    random: Random;
    owner: JournalOwner;
    sync: SyncPolicy;
    sizeMax: number;
    /** Number of the newest journal file there is, 0 if none; the first commit begins the next one. */
    lastNumber: number;
    /** Number of the newest commit there is; it is durable. */
    lastCommit: number;
  }) {
    this.#disk = options.disk;
    this.#clock = options.clock;
    this.#directory = options.directory;
    this.#storeId = options.storeId;
    this.#seed = frameSeed(options.storeId);
    this.#keys = options.keys;
    this.#random = options.random;
    this.#owner = options.owner;
    this.#sync = options.sync;
    this.#sizeMax = options.sizeMax;
    this.#number = options.lastNumber;
    this.#commit = options.lastCommit;
    this.#written = options.lastCommit;
    this.#synced = options.lastCommit;
  }

  /** Number of the file that commits go to. */
  get number(): number {
    return this.#number;
  }

  /** Bytes that wait for a commit. */
  get stagedSize(): number {
    return this.#staging.size - FRAME_HEAD_SIZE + (this.#inFlight?.size ?? 0);
  }

  /** Why nothing can be committed any more; `undefined` while all is well. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Where the next staged record goes, with room for `size` bytes: encode it at `staged.at` and call {@link staged}. */
  reserve(size: number): Block {
    const batch = this.#staging;
    const needed = batch.size + size + FRAME_ALIGNMENT;
    if (needed > batch.block.bytes.length) {
      const grown = allocateBlock(Math.max(needed, batch.block.bytes.length * 2));
      batch.block.bytes.copy(grown.bytes, 0, 0, batch.size);
      batch.block = grown;
    }
    return batch.block;
  }

  /** The position in the staging block that {@link reserve} made room at. */
  get at(): number {
    return this.#staging.size;
  }

  /** Counts in the record of `size` bytes that was just encoded at {@link at}. */
  staged(size: number): void {
    const batch = this.#staging;
    const crc = batch.block.view.getUint32(batch.size, true);
    batch.recordsCrc = crc32cWord(crc, batch.recordsCrc);
    batch.recordCount++;
    batch.size += size;
    if (this.#inFlight === undefined && !this.#turnScheduled) this.schedule();
  }

  /** The same for a message record, which joins the participant's run if it follows on it. */
  stagedMessage(
    participant: CommitParticipant,
    segment: Segment,
    position: number,
    size: number,
    lastSequence: number,
  ): void {
    const batch = this.#staging;
    const at = batch.size;
    const last = batch.runCount > 0 ? (batch.runs[batch.runCount - 1] as Run) : undefined;
    if (last !== undefined && last.segment === segment && last.end === at) {
      last.end = at + size;
      last.lastSequence = lastSequence;
    } else {
      addRun(batch, participant, segment, position, at, at + size, lastSequence);
    }
    this.staged(size);
  }

  /** Stages a record of a control path around `body`. */
  stageRecord(kind: number, owner: number, body: Uint8Array): void {
    const size = 16 + body.length;
    const block = this.reserve(size);
    block.bytes.set(body, this.at + 16);
    sealRecord(block, this.at, size, kind, owner);
    this.staged(size);
  }

  /**
   * Begins a commit at once if none is under way and much is staged: then the disk works on the first part of a burst
   * while the rest is still being read. To be called between appends, never within one.
   */
  commitIfLarge(): void {
    if (this.#inFlight === undefined && this.#staging.size >= LIMITS.earlyCommitSize) this.#begin();
  }

  /** Has a commit begin at the end of this turn, or when the one under way ends. */
  schedule(): void {
    if (this.#turnScheduled || this.#inFlight !== undefined) return;
    this.#turnScheduled = true;
    this.#clock.afterTurn(this.#onTurnEnd);
  }

  /**
   * Calls `run` once everything staged until now, and every change that is dirty now, is committed; or with the error,
   * if the journal fails first or has failed.
   */
  afterCommit(run: (error: Error | null) => void): void {
    const failure = this.#failure;
    if (failure !== undefined) {
      this.#clock.afterTurn(() => run(failure));
      return;
    }
    this.#staging.waiters.push(run);
    this.schedule();
  }

  /**
   * The same once it is durable, whatever the sync policy: for what must not happen if a crash could still take the
   * change back.
   */
  afterSync(run: (error: Error | null) => void): void {
    this.afterCommit((error) => {
      if (error !== null || this.#synced >= this.#written) run(error);
      else this.#syncFile("JOURNAL:SYNC", run);
    });
  }

  /** Has the next commit begin a new file, whatever the size of this one. */
  askRotation(): void {
    this.#rotationAsked = true;
    this.schedule();
  }

  /** Whether an old file would be used for the next one. */
  get wantsSpare(): boolean {
    return this.#recyclable.length < SPARES_MAX && !this.#closed;
  }

  /** Gives the journal a file that is no longer needed, to be the next one: its blocks are allocated already. */
  recycle(path: string): void {
    this.#recyclable.push(path);
  }

  /** Removes the files that wait to be used again, with the old records in them. */
  async discardRecycled(): Promise<void> {
    await this.#preparing;
    if (this.#prepared?.isRecycled) {
      // No file is made ready meanwhile: it would have the name of the one that goes.
      this.#preparing = this.#discardPrepared().finally(() => {
        this.#preparing = undefined;
        if (this.#rotationAsked) this.schedule();
      });
      await this.#preparing;
    }
    const paths = this.#recyclable;
    this.#recyclable = [];
    for (const path of paths) await this.#disk.remove("JOURNAL:DISCARD", path);
  }

  /** Poisons the journal, if something else about the store failed: nothing more is committed. */
  fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#syncTimer?.cancel();
    this.#owner.onFailed(error);
    const { waiters } = this.#staging;
    this.#staging.waiters = [];
    for (const waiter of waiters) waiter(error);
  }

  /** Ends the journal after what is staged; nothing may be staged any more. */
  async close(): Promise<void> {
    await new Promise<unknown>((resolve) => this.afterSync(resolve));
    this.#closed = true;
    this.#syncTimer?.cancel();
    await this.#preparing;
    try {
      if (this.#failure === undefined) {
        await this.discardRecycled();
        await this.#discardPrepared();
      }
    } finally {
      await this.#prepared?.file.close();
      await this.#previous?.close();
      await this.#file?.close();
    }
  }

  readonly #onTurnEnd = (): void => {
    this.#turnScheduled = false;
    this.#begin();
  };

  #begin(): void {
    if (this.#inFlight !== undefined || this.#failure !== undefined || this.#closed) return;
    const mustRotate =
      this.#file === undefined ||
      this.#rotationAsked ||
      this.#isFull(this.#position + aligned(this.#staging.size));
    if (mustRotate && this.#prepared === undefined) {
      this.#prepare();
      // A file that only grew large may go on until the next one is ready; a first or asked one is waited for.
      if (this.#file === undefined || this.#rotationAsked) return;
    }
    const prepared = mustRotate ? this.#prepared : undefined;
    // The snapshot comes first: it takes in what is dirty in the states, and leaves the rest to stage.
    const snapshot = prepared === undefined ? undefined : this.#takeSnapshot();
    this.#owner.stageChanges();
    const batch = this.#staging;
    this.#staging = this.#spare.pop() ?? new Batch();
    this.#inFlight = batch;
    if (prepared !== undefined && snapshot !== undefined) this.#rotate(prepared, snapshot, batch);
    else if (batch.recordCount > 0) this.#write(batch);
    else if (this.#isSettling) this.#isOnlyAwaited = true;
    else this.#onWritten(null);
  }

  /** Whether the next file is begun rather than that this one reaches `end`. */
  #isFull(end: number): boolean {
    return end > this.#sizeLimit && end > this.#owner.journalSizeWanted;
  }

  /** Bytes after which the next file is begun; more than the limit where the state of the store alone fills much of it. */
  get #sizeLimit(): number {
    return Math.max(Math.min(this.#capacity, this.#sizeMax), this.#snapshotSize * 4);
  }

  /** Describes the whole store in a batch of its own, which goes before the staged one into the new file. */
  #takeSnapshot(): Batch {
    const messages = this.#staging;
    const snapshot = this.#spare.pop() ?? new Batch();
    this.#staging = snapshot;
    this.#owner.stageSnapshot();
    this.#staging = messages;
    messages.waiters.push(...snapshot.waiters);
    return snapshot;
  }

  #write(batch: Batch): void {
    const buffers = this.#cipher === undefined ? [this.#frame(batch)] : this.#sealedFrame(batch);
    const position = this.#position;
    for (const buffer of buffers) this.#position += buffer.length;
    this.stats.bytes += this.#position - position;
    const file = this.#file as DiskFile;
    if (this.#sync.mode === "always") {
      this.stats.syncs++;
      file.commit("JOURNAL:COMMIT", buffers, position, this.#onCommitted);
    } else {
      file.write("JOURNAL:COMMIT", buffers, position, this.#onWritten);
    }
  }

  #frame({ block, size, recordCount, recordsCrc }: Batch): Buffer {
    const end = aligned(size);
    assert(block.bytes.length >= end, "a staging block has room for its padding");
    block.bytes.fill(0, size, end);
    this.#finish(block, size, recordCount, recordsCrc, 0);
    return block.bytes.subarray(0, end);
  }

  #sealedFrame({ block, size, recordCount, recordsCrc }: Batch): Buffer[] {
    this.#finish(block, size + TAG_SIZE, recordCount, recordsCrc, FRAME_ENCRYPTED);
    return this.#seal(block.bytes, [block.bytes.subarray(FRAME_HEAD_SIZE, size)]);
  }

  /** The frame with the head at the beginning of `head`, its records encrypted. */
  #seal(head: Buffer, records: readonly Buffer[]): Buffer[] {
    const cipher = this.#cipher as FileCipher;
    const nonce = frameNonce(this.#commit);
    const { parts, tag } = cipher.seal(nonce, frameAssociated(head, 0), records);
    let size = FRAME_HEAD_SIZE + tag.length;
    for (const part of parts) size += part.length;
    const padding = Buffer.alloc(aligned(size) - size);
    return [head.subarray(0, FRAME_HEAD_SIZE), ...parts, tag, padding];
  }

  /**
   * Goes on in the next file. The state of the store and the records of the batch are one frame: either both are there
   * after a crash, or the file before is the newest. That one must be durable before anything says that it is over.
   */
  #rotate(prepared: PreparedFile, snapshot: Batch, batch: Batch): void {
    this.#previous = this.#file;
    const write = (): void => {
      this.#file = prepared.file;
      this.#number = prepared.number;
      this.#capacity = prepared.capacity;
      this.#cipher = prepared.cipher;
      this.#prepared = undefined;
      this.#rotationAsked = false;
      const buffers = this.#joinFrame(snapshot, batch);
      this.#snapshotSize = snapshot.size;
      this.#position = FRAME_ALIGNMENT;
      for (const buffer of buffers) this.#position += buffer.length;
      this.stats.bytes += this.#position - FRAME_ALIGNMENT;
      this.stats.syncs++;
      prepared.file.commit("JOURNAL:COMMIT", buffers, FRAME_ALIGNMENT, (error) => {
        snapshot.reset();
        this.#spare.push(snapshot);
        if (error === null) this.#endRotation();
        this.#onCommitted(error);
      });
    };
    if (this.#synced >= this.#written) write();
    else {
      this.#syncFile("JOURNAL:SYNC", (error) => {
        if (error === null) write();
        else this.#onWritten(error);
      });
    }
  }

  #joinFrame(snapshot: Batch, batch: Batch): Buffer[] {
    const records = batch.block.bytes.subarray(FRAME_HEAD_SIZE, batch.size);
    const { view } = batch.block;
    const crc = foldRecordCrcs(view, FRAME_HEAD_SIZE, batch.size, snapshot.recordsCrc);
    const size = snapshot.size + records.length;
    const count = snapshot.recordCount + batch.recordCount;
    if (this.#cipher !== undefined) {
      const flags = FRAME_SNAPSHOT | FRAME_ENCRYPTED;
      this.#finish(snapshot.block, size + TAG_SIZE, count, crc, flags);
      const state = snapshot.block.bytes.subarray(FRAME_HEAD_SIZE, snapshot.size);
      return this.#seal(snapshot.block.bytes, [state, records]);
    }
    this.#finish(snapshot.block, size, count, crc, FRAME_SNAPSHOT);
    const head = snapshot.block.bytes.subarray(0, snapshot.size);
    return [head, records, Buffer.alloc(aligned(size) - size)];
  }

  /** Writes the head of a frame. */
  #finish(block: Block, size: number, count: number, recordsCrc: number, flags: number): void {
    this.#commit++;
    const head = {
      journal: this.#number,
      commit: this.#commit,
      size,
      recordCount: count,
      recordsCrc,
      flags,
      synced: this.#synced,
    };
    encodeFrameHead(block, head, this.#seed);
    this.stats.commits++;
    this.stats.records += count;
  }

  readonly #onCommitted = (error: Error | null): void => {
    if (error === null) this.#synced = this.#commit;
    this.#onWritten(error);
  };

  readonly #onWritten = (error: Error | null): void => {
    const batch = this.#inFlight as Batch;
    this.#inFlight = undefined;
    if (error !== null) {
      this.fail(error);
      for (const waiter of batch.waiters) waiter(error);
      return;
    }
    this.#written = this.#commit;
    if (this.#synced < this.#written) this.#startSyncTimer();
    // The disk is given its next work before the acknowledgements of this commit are made.
    this.#isSettling = true;
    if (this.#staging.recordCount > 0 || this.#staging.waiters.length > 0 || this.#rotationAsked) {
      this.#begin();
    }
    this.#settle(batch);
    this.#isSettling = false;
    batch.reset();
    this.#spare.push(batch);
    if (this.#isOnlyAwaited) {
      this.#isOnlyAwaited = false;
      this.#onWritten(null);
    }
    if (this.#position > this.#sizeLimit / 2 && this.#prepared === undefined) this.#prepare();
  };

  #endRotation(): void {
    const previous = this.#previous;
    this.#previous = undefined;
    // It is durable and nobody writes to it any more: that it cannot be closed changes nothing.
    previous?.close().catch(() => {});
    this.#owner.onRotated(this.#number);
  }

  #settle(batch: Batch): void {
    const { runs, runCount, block } = batch;
    for (let i = 0; i < runCount; i++) {
      const run = runs[i] as Run;
      run.participant.onRunCommitted(
        run.segment,
        run.position,
        block.bytes,
        run.start,
        run.end,
        run.lastSequence,
      );
    }
    for (let i = 0; i < runCount; i++) (runs[i] as Run).participant.onCommitted();
    this.#owner.onCommitted();
    for (const waiter of batch.waiters) waiter(null);
  }

  #startSyncTimer(): void {
    if (this.#sync.mode !== "interval" || this.#syncTimer !== undefined) return;
    this.#syncTimer = this.#clock.setTimer(this.#sync.intervalMs, () => {
      this.#syncTimer = undefined;
      if (this.#failure !== undefined || this.#closed) return;
      this.#syncFile("JOURNAL:INTERVAL", () => {
        if (this.#synced < this.#written) this.#startSyncTimer();
      });
    });
  }

  /** Makes durable what has been written until now. A failure poisons the journal. */
  #syncFile(site: string, done: (error: Error | null) => void): void {
    const covered = this.#written;
    this.stats.syncs++;
    (this.#file as DiskFile).sync(site, (error) => {
      if (error === null) this.#synced = Math.max(this.#synced, covered);
      else this.fail(error);
      done(this.#failure ?? null);
    });
  }

  /** Makes the next file ready in the background: from one that was given back, or a new one. */
  #prepare(): void {
    if (this.#closed || this.#failure !== undefined) return;
    this.#preparing ??= this.#prepareFile().then(
      () => {
        this.#preparing = undefined;
        if (this.#file === undefined || this.#rotationAsked) this.schedule();
      },
      (error: Error) => {
        this.#preparing = undefined;
        // Without a next file the journal cannot begin, and must not grow without end.
        this.fail(error);
      },
    );
  }

  async #prepareFile(): Promise<void> {
    const number = this.#number + 1;
    const path = `${this.#directory}/${journalFileName(number)}`;
    const recycled = this.#recyclable.shift();
    const isRecycled = recycled !== undefined;
    if (isRecycled) {
      await this.#disk.rename("JOURNAL:RECYCLE", recycled, path);
      // Before its header says otherwise: the old name must never come back with the new number in it.
      await this.#disk.syncDirectory("JOURNAL:DIRECTORY", this.#directory);
    }
    const file = await this.#disk.open("JOURNAL:OPEN", path, isRecycled ? "write" : "create");
    try {
      const capacity = isRecycled ? await file.size("JOURNAL:SIZE") : await this.#allocate(file);
      // Last of all: with a header the file is whole.
      const lock = this.#newLock();
      const header = encodeJournalHeader(number, this.#storeId, capacity, lock);
      await call((done) => file.commit("JOURNAL:HEADER", [header], 0, done));
      if (!isRecycled) await this.#disk.syncDirectory("JOURNAL:DIRECTORY", this.#directory);
      const cipher = lock === undefined ? undefined : this.#keys?.fileCipher(lock.salt);
      this.#prepared = { number, path, file, capacity, isRecycled, cipher };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  #newLock(): JournalLock | undefined {
    if (this.#keys === undefined) return undefined;
    return { salt: StoreKeys.newSalt(this.#random), envelope: this.#keys.envelope };
  }

  /** Fills a new file with zeros, durably; returns its size. */
  async #allocate(file: DiskFile): Promise<number> {
    const capacity = this.#file === undefined ? Math.min(FIRST_SIZE, this.#sizeMax) : this.#sizeMax;
    for (let at = 0; at < capacity; at += ZEROS.length) {
      const zeros = ZEROS.subarray(0, Math.min(ZEROS.length, capacity - at));
      await call((done) => file.write("JOURNAL:ALLOCATE", [zeros], at, done));
    }
    await call((done) => file.sync("JOURNAL:ALLOCATE", done));
    return capacity;
  }

  async #discardPrepared(): Promise<void> {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    if (prepared === undefined) return;
    await prepared.file.close();
    await this.#disk.remove("JOURNAL:DISCARD", prepared.path);
  }
}

function addRun(
  batch: Batch,
  participant: CommitParticipant,
  segment: Segment,
  position: number,
  start: number,
  end: number,
  lastSequence: number,
): void {
  const reused = batch.runs[batch.runCount++];
  if (reused === undefined) {
    batch.runs.push({ participant, segment, position, start, end, lastSequence });
    return;
  }
  reused.participant = participant;
  reused.segment = segment;
  reused.position = position;
  reused.start = start;
  reused.end = end;
  reused.lastSequence = lastSequence;
}
