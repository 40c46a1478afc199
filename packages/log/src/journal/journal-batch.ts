import { crc32cWord } from "@oxbow/base";
import { allocateBlock, type Block } from "../block.ts";
import type { Segment } from "../segment/segment.ts";
import { FRAME_ALIGNMENT, FRAME_HEAD_SIZE } from "./journal-format.ts";

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

/** Hears of the outcome of a commit. */
export type CommitWaiter = (error: Error | null) => void;

/** A consecutive run of one participant's records in a batch. */
interface Run {
  participant: CommitParticipant;
  segment: Segment;
  position: number;
  start: number;
  end: number;
  lastSequence: number;
}

/** Memory of a batch that has nothing to hold. */
const BATCH_SIZE_MIN = 64 * 1024;
/** How many such batches it takes until half of the memory is given back. */
const LIGHT_COUNT_MAX = 256;

/** The records that wait for, or are under, one commit, with room for the head of their frame before them. */
export class JournalBatch {
  block: Block = allocateBlock(BATCH_SIZE_MIN);
  /** Bytes in the block, the head included. */
  size: number = FRAME_HEAD_SIZE;
  recordCount = 0;
  /** When its first record was staged, by the monotonic clock. */
  startedAtMs = 0;
  recordsCrc = 0;
  waiters: CommitWaiter[] = [];
  /** The first {@link JournalBatch.#runCount} of them are in use. */
  readonly #runs: Run[] = [];
  #runCount = 0;
  /** Batches in a row that needed less than an eighth of the block. */
  #lightCount = 0;

  /** Makes room for `size` bytes at {@link size}, and for the padding behind them. */
  reserve(size: number): Block {
    const needed = this.size + size + FRAME_ALIGNMENT;
    if (needed > this.block.bytes.length) {
      const grown = allocateBlock(Math.max(needed, this.block.bytes.length * 2));
      this.block.bytes.copy(grown.bytes, 0, 0, this.size);
      this.block = grown;
    }
    return this.block;
  }

  /** Counts in the record of `size` bytes that was encoded at {@link size}. */
  add(size: number): void {
    const crc = this.block.view.getUint32(this.size, true);
    this.recordsCrc = crc32cWord(crc, this.recordsCrc);
    this.recordCount++;
    this.size += size;
  }

  /** The same for a message record, which joins the participant's run if it follows on it. */
  addMessage(
    participant: CommitParticipant,
    segment: Segment,
    position: number,
    size: number,
    lastSequence: number,
  ): void {
    const at = this.size;
    const last = this.#runCount > 0 ? (this.#runs[this.#runCount - 1] as Run) : undefined;
    if (last !== undefined && last.segment === segment && last.end === at) {
      last.end = at + size;
      last.lastSequence = lastSequence;
    } else {
      this.#addRun(participant, segment, position, at, at + size, lastSequence);
    }
    this.add(size);
  }

  /** Tells all participants that their records are committed. */
  settleRuns(): void {
    for (let i = 0; i < this.#runCount; i++) {
      const run = this.#runs[i] as Run;
      run.participant.onRunCommitted(
        run.segment,
        run.position,
        this.block.bytes,
        run.start,
        run.end,
        run.lastSequence,
      );
    }
    for (let i = 0; i < this.#runCount; i++) (this.#runs[i] as Run).participant.onCommitted();
  }

  /** Empties the batch for the next records. */
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
    this.#runCount = 0;
    this.waiters = [];
  }

  #addRun(
    participant: CommitParticipant,
    segment: Segment,
    position: number,
    start: number,
    end: number,
    lastSequence: number,
  ): void {
    const reused = this.#runs[this.#runCount++];
    if (reused === undefined) {
      this.#runs.push({ participant, segment, position, start, end, lastSequence });
      return;
    }
    reused.participant = participant;
    reused.segment = segment;
    reused.position = position;
    reused.start = start;
    reused.end = end;
    reused.lastSequence = lastSequence;
  }
}
