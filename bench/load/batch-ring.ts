import { TOKEN_SIZE, writeToken } from "./publish-ring.ts";
import type { Payloads } from "./random.ts";

/** What a {@link BatchRing} is made of. */
export interface BatchRingOptions {
  /** Batches that may be prepared, unsent or unacknowledged at once. */
  slotCount: number;
  /** Messages of a batch. */
  batchSize: number;
  payloads: Payloads;
  /** Message n of a batch goes to `subjects[n % subjects.length]`. */
  subjects: readonly string[];
  /** Where the acknowledgement of a batch goes; its number follows as a token. */
  replyPrefix: string;
}

/**
 * Prepared atomic batches, each the `HPUB` frames of its messages one after the other, so that sending one is one write.
 * Batch n uses slot `n % slotCount`; only its number is rewritten: in the id of every message, and in the reply subject of
 * the last one, which is the only one to be answered.
 */
export class BatchRing {
  readonly #slots: readonly Buffer[];
  /** Where the number stands in a slot; they are all alike. */
  readonly #tokenOffsets: readonly number[];

  constructor(options: BatchRingOptions) {
    const { buffer, tokenOffsets } = prepare(options);
    this.#tokenOffsets = tokenOffsets;
    this.#slots = Array.from({ length: options.slotCount }, () => Buffer.from(buffer));
  }

  /** The bytes of batch `number`, good until its slot is used again. */
  batch(number: number): Buffer {
    const slot = this.#slots[number % this.#slots.length] as Buffer;
    for (const offset of this.#tokenOffsets) writeToken(slot, offset, number);
    return slot;
  }
}

function prepare(options: BatchRingOptions): { buffer: Buffer; tokenOffsets: number[] } {
  const { batchSize, payloads, subjects, replyPrefix } = options;
  const token = "0".repeat(TOKEN_SIZE);
  const parts: Buffer[] = [];
  const tokenOffsets: number[] = [];
  let size = 0;
  for (let index = 0; index < batchSize; index++) {
    const isLast = index === batchSize - 1;
    const commit = isLast ? "Nats-Batch-Commit: 1\r\n" : "";
    const idLine = `NATS/1.0\r\nNats-Batch-Id: ${token}`;
    const block = `${idLine}\r\nNats-Batch-Sequence: ${index + 1}\r\n${commit}\r\n`;
    const subject = `HPUB ${subjects[index % subjects.length]} `;
    const reply = isLast ? `${replyPrefix}${token} ` : "";
    const line = `${subject}${reply}${block.length} ${block.length + payloads.size}\r\n`;
    if (isLast) tokenOffsets.push(size + subject.length + replyPrefix.length);
    tokenOffsets.push(size + line.length + idLine.length - TOKEN_SIZE);
    const frame = Buffer.alloc(line.length + block.length + payloads.size + 2);
    frame.write(line + block, "latin1");
    payloads.copyTo(index, frame, line.length + block.length);
    frame.write("\r\n", frame.length - 2, "latin1");
    parts.push(frame);
    size += frame.length;
  }
  return { buffer: Buffer.concat(parts), tokenOffsets };
}
