import type { Clock, DiskFile, HistogramState } from "@oxbow/base";
import type { Block } from "../block.ts";
import { LIMITS } from "../limits.ts";
import { sealRecord } from "../record.ts";
import type { Segment } from "../segment/segment.ts";
import { type FramePlace, FrameWriter } from "./frame-writer.ts";
import { type CommitParticipant, type CommitWaiter, JournalBatch } from "./journal-batch.ts";
import { JournalFiles, type JournalFilesOptions, type PreparedFile } from "./journal-files.ts";
import { aligned, FRAME_ALIGNMENT, FRAME_HEAD_SIZE } from "./journal-format.ts";
import type { JournalOwner } from "./journal-owner.ts";
import { JournalSync, type SyncedJournal, type SyncPolicy } from "./journal-sync.ts";

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

/** How a journal is opened. */
export interface JournalOptions extends JournalFilesOptions {
  readonly clock: Clock;
  readonly owner: JournalOwner;
  readonly sync: SyncPolicy;
  /** Number of the newest journal file there is, 0 if none; the first commit begins the next one. */
  readonly lastNumber: number;
  /** Number of the newest commit there is; it is durable. */
  readonly lastCommit: number;
}

/**
 * The journal of a data directory: every durable change of every log and state, in commit order, with group commit.
 *
 * Records are staged in memory; one commit at a time writes all that is staged as one frame and makes it durable,
 * while the next batch gathers. A commit begins at the end of the turn in which the first record was staged, or when
 * the one before it ends: it never waits for a fuller batch.
 */
export class Journal implements SyncedJournal {
  readonly #stats: JournalStats = { commits: 0, syncs: 0, records: 0, bytes: 0 };
  readonly #clock: Clock;
  readonly #frames: FrameWriter;
  readonly #files: JournalFiles;
  readonly #owner: JournalOwner;
  readonly #sync: JournalSync;
  readonly #sizeMax: number;
  #staging = new JournalBatch();
  #inFlight: JournalBatch | undefined;
  /** Whether a commit is written whose participants are not told yet. */
  #isSettling = false;
  /** Whether nothing is to be written of the batch in flight: it has ended when that commit is settled. */
  #isOnlyAwaited = false;
  readonly #spare: JournalBatch[] = [new JournalBatch()];
  #file: DiskFile | undefined;
  /** The file before, while the first frame of the next one is written. */
  #previous: DiskFile | undefined;
  #number: number;
  #commit: number;
  #position = FRAME_ALIGNMENT;
  #capacity = 0;
  /** Bytes of the frame the file began with. */
  #snapshotSize = 0;
  #turnScheduled = false;
  #rotationAsked = false;
  #failure: Error | undefined;
  /** When the commit under way was given to the disk. */
  #commitAtMs = 0;
  #settledSinceMs = 0;
  #closed = false;

  constructor(options: JournalOptions) {
    this.#clock = options.clock;
    this.#frames = new FrameWriter(options.storeId);
    this.#files = new JournalFiles(options);
    this.#owner = options.owner;
    this.#sync = new JournalSync(this, options.clock, options.sync, options.lastCommit);
    this.#sizeMax = options.sizeMax;
    this.#number = options.lastNumber;
    this.#commit = options.lastCommit;
  }

  get stats(): Readonly<JournalStats> {
    return { ...this.#stats, syncs: this.#stats.syncs + this.#sync.count };
  }

  /** How long it took each time until something was durable. */
  get syncTimes(): HistogramState {
    return this.#sync.times.state;
  }

  /** When the first record of the commit was staged whose participants are being told, by the monotonic clock. */
  get settledSinceMs(): number {
    return this.#settledSinceMs;
  }

  /** The file that commits go to. */
  get file(): DiskFile | undefined {
    return this.#file;
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

  /** Whether nothing is committed any more: it has failed, or is closed. */
  get isEnded(): boolean {
    return this.#failure !== undefined || this.#closed;
  }

  /** Where the next staged record goes, with room for `size` bytes: encode it at `staged.at` and call {@link staged}. */
  reserve(size: number): Block {
    return this.#staging.reserve(size);
  }

  /** The position in the staging block that {@link reserve} made room at. */
  get at(): number {
    return this.#staging.size;
  }

  /** Counts in the record of `size` bytes that was just encoded at {@link at}. */
  staged(size: number): void {
    this.#staging.add(size);
    this.#onStaged();
  }

  /** The same for a message record, which joins the participant's run if it follows on it. */
  stagedMessage(
    participant: CommitParticipant,
    segment: Segment,
    position: number,
    size: number,
    lastSequence: number,
  ): void {
    this.#staging.addMessage(participant, segment, position, size, lastSequence);
    this.#onStaged();
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
  afterCommit(run: CommitWaiter): void {
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
  afterSync(run: CommitWaiter): void {
    this.afterCommit((error) => {
      if (error !== null || !this.#sync.isBehind) run(error);
      else this.#sync.sync("JOURNAL:SYNC", run);
    });
  }

  /** Has the next commit begin a new file, whatever the size of this one. */
  askRotation(): void {
    this.#rotationAsked = true;
    this.schedule();
  }

  /** Whether an old file would be used for the next one. */
  get wantsSpare(): boolean {
    return this.#files.wantsSpare && !this.#closed;
  }

  /** Gives the journal a file that is no longer needed, to be the next one: its blocks are allocated already. */
  recycle(path: string): void {
    this.#files.recycle(path);
  }

  /** Removes the files that wait to be used again, with the old records in them. */
  discardRecycled(): Promise<void> {
    return this.#files.discardRecycled(() => {
      if (this.#rotationAsked) this.schedule();
    });
  }

  /** Poisons the journal, if something else about the store failed: nothing more is committed. */
  fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#sync.stop();
    this.#owner.onFailed(error);
    const { waiters } = this.#staging;
    this.#staging.waiters = [];
    for (const waiter of waiters) waiter(error);
  }

  /** Ends the journal after what is staged; nothing may be staged any more. */
  async close(): Promise<void> {
    await new Promise<unknown>((resolve) => this.afterSync(resolve));
    this.#closed = true;
    this.#sync.stop();
    await this.#files.idle();
    try {
      if (this.#failure === undefined) {
        await this.discardRecycled();
        await this.#files.discardPrepared();
      }
    } finally {
      await this.#files.close();
      await this.#previous?.close();
      await this.#file?.close();
    }
  }

  readonly #onTurnEnd = (): void => {
    this.#turnScheduled = false;
    this.#begin();
  };

  #begin(): void {
    if (this.#inFlight !== undefined || this.isEnded) return;
    const mustRotate =
      this.#file === undefined ||
      this.#rotationAsked ||
      this.#isFull(this.#position + aligned(this.#staging.size));
    if (mustRotate && this.#files.prepared === undefined) {
      this.#prepare();
      // A file that only grew large may go on until the next one is ready; a first or asked one is waited for.
      if (this.#file === undefined || this.#rotationAsked) return;
    }
    const prepared = mustRotate ? this.#files.prepared : undefined;
    // The snapshot comes first: it takes in what is dirty in the states, and leaves the rest to stage.
    const snapshot = prepared === undefined ? undefined : this.#takeSnapshot();
    this.#owner.stageChanges();
    const batch = this.#staging;
    this.#staging = this.#spare.pop() ?? new JournalBatch();
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
  #takeSnapshot(): JournalBatch {
    const messages = this.#staging;
    const snapshot = this.#spare.pop() ?? new JournalBatch();
    this.#staging = snapshot;
    this.#owner.stageSnapshot();
    this.#staging = messages;
    messages.waiters.push(...snapshot.waiters);
    return snapshot;
  }

  #write(batch: JournalBatch): void {
    const buffers = this.#frames.frame(batch, this.#nextFrame(batch.recordCount));
    const position = this.#position;
    for (const buffer of buffers) this.#position += buffer.length;
    this.#stats.bytes += this.#position - position;
    const file = this.#file as DiskFile;
    if (this.#sync.mode === "always") {
      this.#stats.syncs++;
      this.#commitAtMs = this.#clock.monotonicMs();
      file.commit("JOURNAL:COMMIT", buffers, position, this.#onCommitted);
    } else {
      file.write("JOURNAL:COMMIT", buffers, position, this.#onWritten);
    }
  }

  /**
   * Goes on in the next file. The state of the store and the records of the batch are one frame: either both are there
   * after a crash, or the file before is the newest. That one must be durable before anything says that it is over.
   */
  #rotate(prepared: PreparedFile, snapshot: JournalBatch, batch: JournalBatch): void {
    this.#previous = this.#file;
    const write = (): void => {
      this.#file = prepared.file;
      this.#number = prepared.number;
      this.#capacity = prepared.capacity;
      this.#frames.cipher = prepared.cipher;
      this.#files.take();
      this.#rotationAsked = false;
      const place = this.#nextFrame(snapshot.recordCount + batch.recordCount);
      const buffers = this.#frames.firstFrame(snapshot, batch, place);
      this.#snapshotSize = snapshot.size;
      this.#position = FRAME_ALIGNMENT;
      for (const buffer of buffers) this.#position += buffer.length;
      this.#stats.bytes += this.#position - FRAME_ALIGNMENT;
      this.#stats.syncs++;
      this.#commitAtMs = this.#clock.monotonicMs();
      prepared.file.commit("JOURNAL:COMMIT", buffers, FRAME_ALIGNMENT, (error) => {
        snapshot.reset();
        this.#spare.push(snapshot);
        if (error === null) this.#endRotation();
        this.#onCommitted(error);
      });
    };
    if (!this.#sync.isBehind) write();
    else {
      this.#sync.sync("JOURNAL:SYNC", (error) => {
        if (error === null) write();
        else this.#onWritten(error);
      });
    }
  }

  /** Counts the frame of the next commit, and says where it goes. */
  #nextFrame(recordCount: number): FramePlace {
    this.#commit++;
    this.#stats.commits++;
    this.#stats.records += recordCount;
    return { journal: this.#number, commit: this.#commit, synced: this.#sync.synced };
  }

  readonly #onCommitted = (error: Error | null): void => {
    this.#sync.times.observe(this.#clock.monotonicMs() - this.#commitAtMs);
    if (error === null) this.#sync.onDurable(this.#commit);
    this.#onWritten(error);
  };

  readonly #onWritten = (error: Error | null): void => {
    const batch = this.#inFlight as JournalBatch;
    this.#inFlight = undefined;
    if (error !== null) {
      this.fail(error);
      for (const waiter of batch.waiters) waiter(error);
      return;
    }
    this.#sync.onWritten(this.#commit);
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
    if (this.#position > this.#sizeLimit / 2 && this.#files.prepared === undefined) this.#prepare();
  };

  #endRotation(): void {
    const previous = this.#previous;
    this.#previous = undefined;
    // It is durable and nobody writes to it any more: that it cannot be closed changes nothing.
    previous?.close().catch(() => {});
    this.#owner.onRotated(this.#number);
  }

  #onStaged(): void {
    if (this.#staging.recordCount === 1) this.#staging.startedAtMs = this.#clock.monotonicMs();
    if (this.#inFlight === undefined && !this.#turnScheduled) this.schedule();
  }

  #settle(batch: JournalBatch): void {
    this.#settledSinceMs = batch.startedAtMs;
    batch.settleRuns();
    this.#owner.onCommitted();
    for (const waiter of batch.waiters) waiter(null);
  }

  /** Makes the next file ready in the background: from one that was given back, or a new one. */
  #prepare(): void {
    if (this.isEnded) return;
    this.#files.prepare(this.#number + 1, this.#file === undefined, (error) => {
      // Without a next file the journal cannot begin, and must not grow without end.
      if (error !== null) this.fail(error);
      else if (this.#file === undefined || this.#rotationAsked) this.schedule();
    });
  }
}
