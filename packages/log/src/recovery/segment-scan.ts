import { type Block, getUint53 } from "../block.ts";
import { LIMITS } from "../limits.ts";
import { checkRecord, FLAG_ERASED, KIND_MESSAGE, RECORD_HEAD_SIZE, RecordView } from "../record.ts";
import type { Segment } from "../segment/segment.ts";
import { SEGMENT_HEADER_SIZE } from "../segment/segment-format.ts";
import type { LogRestoration, Remainder } from "./log-restoration.ts";

/** Reads the records of a segment file that has no index. */
export class SegmentScan implements Remainder {
  readonly #restoration: LogRestoration;
  readonly #segment: Segment;
  readonly #block: Block;
  readonly #view = new RecordView();
  #at = SEGMENT_HEADER_SIZE;

  constructor(restoration: LogRestoration, segment: Segment, block: Block) {
    this.#restoration = restoration;
    this.#segment = segment;
    this.#block = block;
  }

  /** Adds the records from here on up to the first that is not whole, or not the next one, or not below `end`. */
  readPrefix(end: number): void {
    while (this.#segment.sequenceEnd < end) {
      if (this.#sequenceAt(this.#at) !== this.#segment.sequenceEnd) return;
      this.#add(this.#at);
    }
  }

  salvage(end: number): void {
    if (!this.#catchUp()) return;
    this.readPrefix(end);
    const limit = this.#block.bytes.length - RECORD_HEAD_SIZE;
    for (let at = this.#at; at <= limit && this.#segment.sequenceEnd < end; ) {
      const sequence = this.#sequenceAt(at);
      const next = this.#segment.sequenceEnd;
      const isHere =
        sequence !== undefined &&
        sequence >= next &&
        sequence < Math.min(end, next + LIMITS.segmentEntriesMax);
      if (!isHere) {
        at++;
        continue;
      }
      this.#restoration.addHole(this.#segment, sequence);
      this.#add(at);
      this.readPrefix(end);
      at = this.#at;
    }
  }

  async close(): Promise<void> {}

  /**
   * Moves on to where the journal has filled the segment to. What it put there lies in the file, too, if the file is
   * to be of any use.
   */
  #catchUp(): boolean {
    const { view } = this.#block;
    while (this.#at < this.#segment.end) {
      if (this.#sequenceAt(this.#at) === undefined) return false;
      this.#at += view.getUint32(this.#at + 4, true);
    }
    return (
      this.#at === this.#segment.end && this.#segment === this.#restoration.log.segments.at(-1)
    );
  }

  #add(at: number): void {
    this.#restoration.addEntry(this.#segment, at, this.#block, this.#view);
    const { flags, sequence, sequenceCount } = this.#view;
    if ((flags & FLAG_ERASED) !== 0) {
      for (let i = 0; i < sequenceCount; i++) this.#restoration.noteRemoved(sequence + i);
    }
    this.#at = this.#segment.end;
  }

  #sequenceAt(at: number): number | undefined {
    return messageSequenceAt(this.#block, at, this.#restoration.log.id);
  }
}

/** The sequence of the log's message record at `at`, if a whole one lies there. */
export function messageSequenceAt(
  { view, bytes }: Block,
  at: number,
  logId: number,
): number | undefined {
  // The log's id first: it rules out nearly every position without a checksum.
  if (at + RECORD_HEAD_SIZE > bytes.length || view.getUint32(at + 12, true) !== logId) {
    return undefined;
  }
  if (checkRecord(view, at, bytes.length) !== "valid") return undefined;
  return view.getUint8(at + 8) === KIND_MESSAGE ? getUint53(view, at + 16) : undefined;
}
