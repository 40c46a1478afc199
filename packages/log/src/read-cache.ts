import type { Clock, DiskFile } from "@oxbow/base";
import { allocateBlock, type Block, getUint53 } from "./block.ts";
import { BlockPool } from "./block-pool.ts";
import { checkRecord, KIND_MESSAGE } from "./record.ts";
import type { Segment } from "./segment/segment.ts";

/**
 * Records of a segment read from its file: those at positions `[start, end)`; `start` lies at the block's beginning. The
 * block may be larger.
 */
export interface ReadWindow {
  readonly segment: Segment;
  readonly start: number;
  readonly end: number;
  readonly block: Block;
}

/** Called when a window is there, or with the reason why there is none. */
export type WindowCallback = (error: Error | null) => void;

interface Load {
  readonly start: number;
  readonly end: number;
  readonly waiters: WindowCallback[];
}

/** Blocks of dropped windows that are kept for others: more than are read at the same time by most stores. */
const POOLED_MAX = 8;

/**
 * Read-ahead from segment files, shared by all readers of a store: windows of whole records, checked against their
 * checksums once, the least recently loaded ones dropped when there are more bytes than `sizeMax`. Whoever has found a
 * record in a window may read it until the turn is over.
 */
export class ReadCache {
  readonly #sizeMax: number;
  readonly #readAheadSize: number;
  readonly #windows = new Map<Segment, ReadWindow[]>();
  readonly #order: ReadWindow[] = [];
  readonly #loads = new Map<Segment, Load[]>();
  readonly #blocks: BlockPool;
  #size = 0;

  constructor(clock: Clock, sizeMax: number, readAheadSize: number) {
    this.#blocks = new BlockPool(clock, readAheadSize, POOLED_MAX);
    this.#sizeMax = sizeMax;
    this.#readAheadSize = readAheadSize;
  }

  /** The window that holds the segment's record at `position`, if it has been read. */
  find(segment: Segment, position: number): ReadWindow | undefined {
    const windows = this.#windows.get(segment);
    if (windows === undefined) return undefined;
    for (const window of windows) {
      if (position >= window.start && position < window.end) return window;
    }
    return undefined;
  }

  /**
   * Reads the record of entry `index` and what follows it, up to the read-ahead size. `onDamaged` is told of each
   * entry whose record does not check out, before `done`.
   */
  load(
    segment: Segment,
    index: number,
    onDamaged: (index: number) => void,
    done: WindowCallback,
  ): void {
    const start = segment.positions[index] as number;
    const loads = this.#loads.get(segment) ?? [];
    const running = loads.find((load) => start >= load.start && start < load.end);
    if (running !== undefined) {
      running.waiters.push(done);
      return;
    }
    const endIndex = this.#windowEnd(segment, index);
    const end = endIndex < segment.length ? (segment.positions[endIndex] as number) : segment.end;
    const load: Load = { start, end: Math.min(end, segment.fileEnd), waiters: [done] };
    loads.push(load);
    this.#loads.set(segment, loads);
    const size = load.end - load.start;
    const block = this.#takeBlock(size);
    const target = block.bytes.subarray(0, size);
    (segment.file as DiskFile).read("SEGMENT:READ", target, start, (error, byteCount) => {
      loads.splice(loads.indexOf(load), 1);
      if (loads.length === 0) this.#loads.delete(segment);
      if (error === null) {
        if (byteCount < size) target.fill(0, byteCount);
        checkRecords(segment, index, endIndex, load, block, onDamaged);
        if (!segment.isDropped) this.#keep({ segment, start, end: load.end, block });
      }
      for (const waiter of load.waiters) waiter(error);
    });
  }

  /** Forgets what was read of a segment. */
  drop(segment: Segment): void {
    const windows = this.#windows.get(segment);
    if (windows === undefined) return;
    this.#windows.delete(segment);
    for (const window of windows) {
      this.#size -= window.block.bytes.length;
      this.#order.splice(this.#order.indexOf(window), 1);
      this.#blocks.give(window.block);
    }
  }

  /** The entry after the last whole record within the read-ahead size, at least the one after `index`. */
  #windowEnd(segment: Segment, index: number): number {
    const limit = Math.min(
      (segment.positions[index] as number) + this.#readAheadSize,
      segment.fileEnd,
    );
    let low = index + 1;
    let high = segment.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const end =
        middle + 1 < segment.length ? (segment.positions[middle + 1] as number) : segment.end;
      if (end <= limit) low = middle + 1;
      else high = middle;
    }
    // Entries that share a position belong to one record, which is read whole.
    while (low < segment.length && segment.sizeAt(low - 1) === 0 && segment.sizeAt(low) === 0)
      low++;
    return low;
  }

  /** Memory for a window: one of the pool's blocks, unless that would be mostly empty. */
  #takeBlock(size: number): Block {
    if (size > this.#readAheadSize || size * 2 < this.#readAheadSize) return allocateBlock(size);
    return this.#blocks.take() ?? allocateBlock(this.#readAheadSize);
  }

  #keep(window: ReadWindow): void {
    const windows = this.#windows.get(window.segment);
    if (windows === undefined) this.#windows.set(window.segment, [window]);
    else windows.push(window);
    this.#order.push(window);
    this.#size += window.block.bytes.length;
    while (this.#size > this.#sizeMax && this.#order.length > 1) {
      const oldest = this.#order.shift() as ReadWindow;
      this.#size -= oldest.block.bytes.length;
      const kept = this.#windows.get(oldest.segment) as ReadWindow[];
      kept.splice(kept.indexOf(oldest), 1);
      this.#blocks.give(oldest.block);
      if (kept.length === 0) this.#windows.delete(oldest.segment);
    }
  }
}

function checkRecords(
  segment: Segment,
  index: number,
  endIndex: number,
  load: Load,
  block: Block,
  onDamaged: (index: number) => void,
): void {
  for (let head = index, end = head; head < endIndex; head = end) {
    end = segment.recordEnd(head);
    // A batch is read for each of its messages, also when its first one is gone.
    if (segment.nextLive(head) >= end) continue;
    const at = (segment.positions[head] as number) - load.start;
    if (isRecord(block, at, segment.sizeAt(head), segment.sequenceAt(head))) continue;
    for (let i = segment.nextLive(head); i < end; i = segment.nextLive(i + 1)) onDamaged(i);
  }
}

/** Whether the record of `size` bytes at `at` is whole, and the one that belongs there. */
function isRecord(block: Block, at: number, size: number, sequence: number): boolean {
  return (
    checkRecord(block.view, at, at + size) === "valid" &&
    block.view.getUint32(at + 4, true) === size &&
    block.view.getUint8(at + 8) === KIND_MESSAGE &&
    getUint53(block.view, at + 16) === sequence
  );
}
