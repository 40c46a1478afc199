import { assert, type Clock, type Disk, type DiskFile, type Timer } from "@oxbow/base";
import { allocateBlock, type Block } from "./block.ts";
import { crc32cWord } from "./crc32c.ts";
import {
  aligned,
  encodeFrameHead,
  encodeJournalHeader,
  FRAME_ALIGNMENT,
  FRAME_HEAD_SIZE,
  FRAME_SNAPSHOT,
  journalFileName,
} from "./journal-format.ts";
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
  /** Stages the records of whatever is dirty. */
  stageChanges(): void;
  /** Stages records that hold the whole state of the store but for its messages. */
  stageSnapshot(): void;
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

/** The records that wait for, or are under, one commit. */
class Batch {
  block: Block = allocateBlock(64 * 1024);
  size = FRAME_HEAD_SIZE;
  recordCount = 0;
  recordsCrc = 0;
  readonly runs: Run[] = [];
  runCount = 0;
  waiters: ((error: Error | null) => void)[] = [];

  reset(): void {
    // A burst may have grown the block; what is kept for the next batch is bounded.
    if (this.block.bytes.length > 4 * 1024 * 1024) this.block = allocateBlock(1024 * 1024);
    this.size = FRAME_HEAD_SIZE;
    this.recordCount = 0;
    this.recordsCrc = 0;
    this.runCount = 0;
    this.waiters = [];
  }
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
  readonly #owner: JournalOwner;
  readonly #sync: SyncPolicy;
  readonly #sizeMax: number;
  #staging = new Batch();
  #inFlight: Batch | undefined;
  readonly #spare: Batch[] = [new Batch()];
  #snapshot: Batch | undefined;
  #file: DiskFile | undefined;
  #number: number;
  #commit: number;
  #position = FRAME_ALIGNMENT;
  #turnScheduled = false;
  #rotationAsked = false;
  #prepared: { number: number; file: DiskFile } | undefined;
  #preparing: Promise<void> | undefined;
  #syncTimer: Timer | undefined;
  #unsynced = false;
  #failure: Error | undefined;
  #closed = false;
  readonly #recyclable: string[] = [];
  #previous: DiskFile | undefined;
  #rotating = false;

  constructor(options: {
    disk: Disk;
    clock: Clock;
    directory: string;
    storeId: Buffer;
    owner: JournalOwner;
    sync: SyncPolicy;
    sizeMax: number;
    /** Number of the newest journal file there is, 0 if none; the first commit begins the next one. */
    lastNumber: number;
    /** Number of the newest commit there is. */
    lastCommit: number;
  }) {
    this.#disk = options.disk;
    this.#clock = options.clock;
    this.#directory = options.directory;
    this.#storeId = options.storeId;
    this.#owner = options.owner;
    this.#sync = options.sync;
    this.#sizeMax = options.sizeMax;
    this.#number = options.lastNumber;
    this.#commit = options.lastCommit;
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

  /** Has the next commit begin a new file, whatever the size of this one. */
  askRotation(): void {
    this.#rotationAsked = true;
    this.schedule();
  }

  /** Offers a journal file that is no longer needed as the next one: its blocks are allocated already. */
  recycle(path: string): boolean {
    if (this.#recyclable.length > 0 || this.#closed) return false;
    this.#recyclable.push(path);
    return true;
  }

  /** Ends the journal after what is staged; nothing may be staged any more. */
  async close(): Promise<void> {
    await new Promise<unknown>((resolve) => this.afterCommit(resolve));
    this.#closed = true;
    this.#syncTimer?.cancel();
    if (this.#unsynced && this.#file !== undefined && this.#failure === undefined) {
      await new Promise<void>((resolve) => this.#file?.sync("JOURNAL:CLOSE", () => resolve()));
    }
    await this.#preparing;
    await this.#prepared?.file.close();
    await this.#file?.close();
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
      this.#position + aligned(this.#staging.size) > this.#sizeMax;
    if (mustRotate && this.#prepared === undefined) {
      this.#prepare();
      // A file that only grew large may go on until the next one is ready; a first or asked one is waited for.
      if (this.#file === undefined || this.#rotationAsked) return;
    }
    const rotates = mustRotate && this.#prepared !== undefined;
    // The snapshot comes first: it takes in what is dirty in the states, and leaves the rest to stage.
    if (rotates) this.#takeSnapshot();
    this.#owner.stageChanges();
    const batch = this.#staging;
    this.#staging = this.#spare.pop() ?? new Batch();
    this.#inFlight = batch;
    if (batch.recordCount === 0 && !rotates) this.#onWritten(null);
    else this.#write(batch, rotates);
  }

  /** Describes the whole store in a batch of its own, which goes before the staged one into the new file. */
  #takeSnapshot(): void {
    const messages = this.#staging;
    this.#staging = this.#spare.pop() ?? new Batch();
    this.#owner.stageSnapshot();
    this.#snapshot = this.#staging;
    this.#staging = messages;
  }

  #write(batch: Batch, rotates: boolean): void {
    const buffers: Buffer[] = [];
    if (rotates) {
      const prepared = this.#prepared as { number: number; file: DiskFile };
      this.#previous = this.#file;
      this.#file = prepared.file;
      this.#number = prepared.number;
      this.#position = FRAME_ALIGNMENT;
      this.#prepared = undefined;
      this.#rotationAsked = false;
      buffers.push(this.#finish(this.#snapshot as Batch, FRAME_SNAPSHOT));
    }
    if (batch.recordCount > 0) buffers.push(this.#finish(batch, 0));
    const position = this.#position;
    for (const buffer of buffers) this.#position += buffer.length;
    this.stats.bytes += this.#position - position;
    const file = this.#file as DiskFile;
    this.#rotating = rotates;
    if (this.#sync.mode === "always" || rotates) {
      this.stats.syncs++;
      file.commit("JOURNAL:COMMIT", buffers, position, this.#onWritten);
    } else {
      this.#unsynced = true;
      file.write("JOURNAL:COMMIT", buffers, position, this.#onWritten);
    }
  }

  /** Writes the head and the padding of a batch's frame; returns its bytes. */
  #finish(batch: Batch, flags: number): Buffer {
    const size = aligned(batch.size);
    const { block } = batch;
    assert(block.bytes.length >= size, "a staging block has room for its padding");
    block.bytes.fill(0, batch.size, size);
    this.#commit++;
    encodeFrameHead(
      block,
      this.#number,
      this.#commit,
      batch.size,
      batch.recordCount,
      batch.recordsCrc,
      flags,
    );
    this.stats.commits++;
    this.stats.records += batch.recordCount;
    return block.bytes.subarray(0, size);
  }

  readonly #onWritten = (error: Error | null): void => {
    const batch = this.#inFlight as Batch;
    this.#inFlight = undefined;
    if (error !== null) {
      this.#fail(error);
      for (const waiter of batch.waiters) waiter(error);
      return;
    }
    const rotated = this.#rotating;
    this.#rotating = false;
    if (rotated) this.#endRotation();
    else if (this.#unsynced) this.#startSyncTimer();
    // The disk is given its next work before the acknowledgements of this commit are made.
    if (this.#staging.recordCount > 0 || this.#staging.waiters.length > 0 || this.#rotationAsked) {
      this.#begin();
    }
    this.#settle(batch);
    batch.reset();
    this.#spare.push(batch);
    if (rotated) this.#owner.onRotated(this.#number);
    if (this.#position > this.#sizeMax / 2 && this.#prepared === undefined) this.#prepare();
  };

  #endRotation(): void {
    const snapshot = this.#snapshot as Batch;
    this.#snapshot = undefined;
    const { waiters } = snapshot;
    snapshot.reset();
    this.#spare.push(snapshot);
    const previous = this.#previous;
    this.#previous = undefined;
    this.#unsynced = false;
    if (previous !== undefined) void previous.close();
    for (const waiter of waiters) waiter(null);
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
    for (const waiter of batch.waiters) waiter(null);
  }

  #fail(error: Error): void {
    this.#failure = error;
    this.#syncTimer?.cancel();
    this.#owner.onFailed(error);
    const { waiters } = this.#staging;
    this.#staging.waiters = [];
    for (const waiter of waiters) waiter(error);
  }

  #startSyncTimer(): void {
    if (this.#sync.mode !== "interval" || this.#syncTimer !== undefined) return;
    this.#syncTimer = this.#clock.setTimer(this.#sync.intervalMs, () => {
      this.#syncTimer = undefined;
      if (!this.#unsynced || this.#failure !== undefined) return;
      this.#unsynced = false;
      this.stats.syncs++;
      this.#file?.sync("JOURNAL:INTERVAL", (error) => {
        if (error !== null && this.#failure === undefined) this.#fail(error);
      });
    });
  }

  /** Makes the next file ready in the background: from one that was given back, or a new one. */
  #prepare(): void {
    this.#preparing ??= this.#prepareFile().then(
      () => {
        this.#preparing = undefined;
        if (this.#file === undefined || this.#rotationAsked) this.schedule();
      },
      (error: Error) => {
        this.#preparing = undefined;
        // Without a next file the journal cannot begin, and must not grow without end.
        if (this.#failure === undefined) this.#fail(error);
      },
    );
  }

  async #prepareFile(): Promise<void> {
    const number = this.#number + 1;
    const path = `${this.#directory}/${journalFileName(number)}`;
    const recycled = this.#recyclable.pop();
    if (recycled !== undefined) await this.#disk.rename("JOURNAL:RECYCLE", recycled, path);
    const file = await this.#disk.open("JOURNAL:OPEN", path, recycled === undefined ? "create" : "write");
    await new Promise<void>((resolve, reject) => {
      file.commit("JOURNAL:HEADER", [encodeJournalHeader(number, this.#storeId)], 0, (error) =>
        error === null ? resolve() : reject(error),
      );
    });
    await this.#disk.syncDirectory("JOURNAL:DIRECTORY", this.#directory);
    this.#prepared = { number, file };
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
