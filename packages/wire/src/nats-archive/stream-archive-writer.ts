import { metaChecksum } from "./checksum.ts";
import { type ArchivedConsumerState, encodeConsumerState } from "./consumer-state.ts";
import { type ArchivedMessage, MessageBlockWriter } from "./message-block.ts";
import { encodeS2, s2StreamHead } from "./s2-encoder.ts";
import { tarEnd, tarFileHead, tarPadding } from "./tar-writer.ts";

/** Bytes of messages after which a block is written; the block holds at most one message more. */
const BLOCK_SIZE = 1024 * 1024;

/**
 * Writes the archive of a stream in the form that every nats-server from 2.2 on restores: `meta.inf` and `meta.sum`, the
 * messages in blocks, the consumers. Each call returns the bytes that follow those of the calls before; it holds one block.
 */
export class StreamArchiveWriter {
  readonly #stream: string;
  readonly #nowSeconds: number;
  #blockNumber = 0;
  #block: MessageBlockWriter | undefined = undefined;
  #records: Buffer[] = [];
  #recordsSize = 0;
  #lastSequence = 0;

  constructor(stream: string, nowSeconds: number) {
    this.#stream = stream;
    this.#nowSeconds = nowSeconds;
  }

  /** The beginning. `meta` is the stream's configuration as JSON, with `Created` as its first field. */
  start(meta: Buffer): Buffer {
    const sum = metaChecksum(this.#stream, meta);
    return Buffer.concat([
      s2StreamHead(),
      this.#file("meta.inf", [meta], meta.length),
      this.#file("meta.sum", [Buffer.from(sum, "latin1")], sum.length),
    ]);
  }

  /** The next message; sequences rise. */
  message(message: ArchivedMessage): Buffer {
    this.#add(this.#currentBlock().message(message));
    this.#lastSequence = message.sequence;
    return this.#recordsSize < BLOCK_SIZE ? Buffer.alloc(0) : this.#writeBlock();
  }

  /**
   * The end of the messages.
   *
   * @param lastSequence - The highest sequence the stream has given; it may be beyond that of the last message.
   */
  finishMessages(lastSequence: number, timeNs: bigint): Buffer {
    if (lastSequence > this.#lastSequence) {
      this.#add(this.#currentBlock().removed(lastSequence, timeNs));
    }
    return this.#records.length === 0 ? Buffer.alloc(0) : this.#writeBlock();
  }

  /** A consumer. `meta` is its configuration as JSON, with `Created` and `Name` as its first fields. */
  consumer(name: string, meta: Buffer, state: ArchivedConsumerState): Buffer {
    const sum = metaChecksum(`${this.#stream}/${name}`, meta);
    const progress = encodeConsumerState(state, this.#nowSeconds);
    return Buffer.concat([
      this.#file(`obs/${name}/meta.inf`, [meta], meta.length),
      this.#file(`obs/${name}/meta.sum`, [Buffer.from(sum, "latin1")], sum.length),
      this.#file(`obs/${name}/o.dat`, [progress], progress.length),
    ]);
  }

  /** The end. */
  end(): Buffer {
    return encodeS2(tarEnd());
  }

  #currentBlock(): MessageBlockWriter {
    this.#block ??= new MessageBlockWriter(this.#stream, ++this.#blockNumber);
    return this.#block;
  }

  #add(record: Buffer): void {
    this.#records.push(record);
    this.#recordsSize += record.length;
  }

  #writeBlock(): Buffer {
    const bytes = this.#file(`msgs/${this.#blockNumber}.blk`, this.#records, this.#recordsSize);
    this.#block = undefined;
    this.#records = [];
    this.#recordsSize = 0;
    return bytes;
  }

  #file(name: string, content: readonly Buffer[], size: number): Buffer {
    const head = tarFileHead(name, size, this.#nowSeconds);
    return encodeS2(Buffer.concat([head, ...content, tarPadding(size)]));
  }
}
