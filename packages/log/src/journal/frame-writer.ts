import { assert } from "@oxbow/base";
import type { Block } from "../block.ts";
import { type FileCipher, TAG_SIZE } from "../encryption/file-cipher.ts";
import type { JournalBatch } from "./journal-batch.ts";
import {
  aligned,
  encodeFrameHead,
  FRAME_ENCRYPTED,
  FRAME_HEAD_SIZE,
  FRAME_SNAPSHOT,
  foldRecordCrcs,
  frameAssociated,
  frameNonce,
  frameSeed,
} from "./journal-format.ts";

/** What a frame says of itself beside its records. */
export interface FramePlace {
  /** Number of the journal file. */
  readonly journal: number;
  /** Number of the commit that the frame is. */
  readonly commit: number;
  /** The last commit that is known to be durable. */
  readonly synced: number;
}

/** Makes frames of batches: head, records and padding, encrypted where the file is. */
export class FrameWriter {
  /** Of the file that frames go to. */
  cipher: FileCipher | undefined = undefined;
  readonly #seed: number;

  constructor(storeId: Buffer) {
    this.#seed = frameSeed(storeId);
  }

  /** The frame of one batch, whose memory it borrows. */
  frame(batch: JournalBatch, place: FramePlace): Buffer[] {
    const { block, size, recordCount, recordsCrc } = batch;
    if (this.cipher !== undefined) {
      this.#finish(block, size + TAG_SIZE, recordCount, recordsCrc, FRAME_ENCRYPTED, place);
      const records = block.bytes.subarray(FRAME_HEAD_SIZE, size);
      return seal(this.cipher, place.commit, block.bytes, [records]);
    }
    const end = aligned(size);
    assert(block.bytes.length >= end, "a staging block has room for its padding");
    block.bytes.fill(0, size, end);
    this.#finish(block, size, recordCount, recordsCrc, 0, place);
    return [block.bytes.subarray(0, end)];
  }

  /** The frame that a file begins with: the state of the store, and behind it the records of a batch. */
  firstFrame(snapshot: JournalBatch, batch: JournalBatch, place: FramePlace): Buffer[] {
    const records = batch.block.bytes.subarray(FRAME_HEAD_SIZE, batch.size);
    const { view } = batch.block;
    const crc = foldRecordCrcs(view, FRAME_HEAD_SIZE, batch.size, snapshot.recordsCrc);
    const size = snapshot.size + records.length;
    const count = snapshot.recordCount + batch.recordCount;
    const { block } = snapshot;
    if (this.cipher !== undefined) {
      const flags = FRAME_SNAPSHOT | FRAME_ENCRYPTED;
      this.#finish(block, size + TAG_SIZE, count, crc, flags, place);
      const state = block.bytes.subarray(FRAME_HEAD_SIZE, snapshot.size);
      return seal(this.cipher, place.commit, block.bytes, [state, records]);
    }
    this.#finish(block, size, count, crc, FRAME_SNAPSHOT, place);
    const head = block.bytes.subarray(0, snapshot.size);
    return [head, records, Buffer.alloc(aligned(size) - size)];
  }

  /** Writes the head of a frame. */
  #finish(
    block: Block,
    size: number,
    recordCount: number,
    recordsCrc: number,
    flags: number,
    { journal, commit, synced }: FramePlace,
  ): void {
    const head = { journal, commit, size, recordCount, recordsCrc, flags, synced };
    encodeFrameHead(block, head, this.#seed);
  }
}

/** The frame with the head at the beginning of `head`, its records encrypted. */
function seal(
  cipher: FileCipher,
  commit: number,
  head: Buffer,
  records: readonly Buffer[],
): Buffer[] {
  const nonce = frameNonce(commit);
  const { parts, tag } = cipher.seal(nonce, frameAssociated(head, 0), records);
  let size = FRAME_HEAD_SIZE + tag.length;
  for (const part of parts) size += part.length;
  const padding = Buffer.alloc(aligned(size) - size);
  return [head.subarray(0, FRAME_HEAD_SIZE), ...parts, tag, padding];
}
