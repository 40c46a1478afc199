import { metaChecksum } from "./checksum.ts";
import { type ArchivedConsumerState, decodeConsumerState } from "./consumer-state.ts";
import { type ArchiveEntry, ENTRY_MAGIC, EntryReader } from "./entry-reader.ts";
import { archiveError } from "./errors.ts";
import { type ArchivedMessage, MessageBlockReader } from "./message-block.ts";
import { S2Decoder } from "./s2-decoder.ts";
import { TarReader } from "./tar-reader.ts";

/** Bytes of a file that is held as a whole: configurations and states of consumers. */
const SMALL_FILE_SIZE_MAX = 64 * 1024 * 1024;

/** A consumer of an archive. */
export interface ArchivedConsumer {
  readonly name: string;
  /** Its configuration, as JSON. */
  readonly config: unknown;
  /** RFC 3339; `undefined` where the archive does not say. */
  readonly created: string | undefined;
  readonly state: ArchivedConsumerState;
}

/** Who hears of what is in the archive of a stream. */
export interface StreamArchiveHandler {
  /** The stream's configuration as JSON, with `Created`; only archives before 2.15 have it. */
  onMeta(meta: unknown): void;
  /** The ends of the stream; only archives of 2.15 and later have them. */
  onBounds(firstSequence: number, lastSequence: number): void;
  onMessage(message: ArchivedMessage): void;
  /** A sequence without a message: never to be used, or, behind its message, removed. */
  onRemoved(sequence: number): void;
  onConsumer(consumer: ArchivedConsumer): void;
}

/**
 * Reads the archive of a stream, of any version of nats-server, that comes in pieces of any size: an S2 stream around a
 * tar archive (up to 2.14) or around entries (from 2.15 on). All checksums are verified.
 *
 *     meta.inf  meta.sum  msgs/<n>.blk …  [msgs/index.db]  obs/<consumer>/{meta.inf,meta.sum,o.dat} …
 */
export class StreamArchiveReader {
  readonly #stream: string;
  readonly #handler: StreamArchiveHandler;
  readonly #decoder: S2Decoder;
  #inner: { push(bytes: Buffer): void; end(): void } | undefined = undefined;
  #head: Buffer = Buffer.alloc(0);

  /** @param stream - The name the stream had. */
  constructor(stream: string, handler: StreamArchiveHandler) {
    this.#stream = stream;
    this.#handler = handler;
    this.#decoder = new S2Decoder((bytes) => this.#onPlain(bytes));
  }

  /**
   * Takes the next bytes.
   *
   * @throws `ARCHIVE_INVALID`, and whatever the handler throws; nothing more can be read then.
   */
  push(bytes: Uint8Array): void {
    this.#decoder.push(bytes);
  }

  /**
   * The archive is over.
   *
   * @throws `ARCHIVE_INVALID` if it is not whole.
   */
  end(): void {
    this.#decoder.end();
    if (this.#inner === undefined) throw archiveError("the archive is cut short");
    this.#inner.end();
  }

  #onPlain(bytes: Buffer): void {
    if (this.#inner !== undefined) {
      this.#inner.push(bytes);
      return;
    }
    this.#head = Buffer.concat([this.#head, bytes]);
    if (this.#head.length < ENTRY_MAGIC.length) return;
    const isEntries = this.#head.subarray(0, ENTRY_MAGIC.length).equals(ENTRY_MAGIC);
    this.#inner = isEntries
      ? new EntryReader((entry) => takeEntry(entry, this.#handler))
      : new FilesReader(this.#stream, this.#handler);
    this.#inner.push(this.#head);
    this.#head = Buffer.alloc(0);
  }
}

/** The files of a tar archive. */
class FilesReader {
  readonly #stream: string;
  readonly #handler: StreamArchiveHandler;
  readonly #tar: TarReader;
  #take: ((bytes: Buffer) => void) | undefined = undefined;
  #finish: () => void = () => {};
  /** Parts of the consumer whose files are being read. */
  readonly #consumers: Map<string, Map<string, Buffer>> = new Map();
  #meta: Buffer | undefined = undefined;
  #hasChecksum = false;

  constructor(stream: string, handler: StreamArchiveHandler) {
    this.#stream = stream;
    this.#handler = handler;
    this.#tar = new TarReader({
      onFile: (name, size) => this.#begin(name, size),
      onContent: (bytes) => this.#take?.(bytes),
      onFileEnd: () => this.#finish(),
    });
  }

  push(bytes: Buffer): void {
    this.#tar.push(bytes);
  }

  end(): void {
    this.#tar.end();
    if (this.#meta === undefined || !this.#hasChecksum) {
      throw archiveError("the archive has no meta.inf with its meta.sum");
    }
    if (this.#consumers.size > 0) throw archiveError("a consumer lacks one of its files");
  }

  #begin(name: string, size: number): void {
    const block = /^msgs\/(\d{1,9})\.blk$/.exec(name);
    const consumer = /^obs\/([^/]+)\/(meta\.inf|meta\.sum|o\.dat)$/.exec(name);
    this.#take = undefined;
    this.#finish = () => {};
    if (block !== null) this.#readBlock(Number(block[1]));
    else if (name === "meta.inf") this.#gather(size, (bytes) => this.#onMeta(bytes));
    else if (name === "meta.sum") this.#gather(size, (bytes) => this.#onChecksum(bytes));
    else if (consumer !== null) {
      const [, owner, part] = consumer as unknown as [string, string, string];
      this.#gather(size, (bytes) => this.#onConsumerPart(owner, part, bytes));
    } else if (name !== "msgs/index.db") {
      // The index repeats what the blocks say.
      throw archiveError(`an unexpected file: ${JSON.stringify(name)}`);
    }
  }

  #readBlock(number: number): void {
    const reader = new MessageBlockReader(this.#stream, number, this.#handler);
    this.#take = (bytes) => reader.push(bytes);
    this.#finish = () => reader.end();
  }

  #gather(size: number, done: (bytes: Buffer) => void): void {
    if (size > SMALL_FILE_SIZE_MAX) throw archiveError("a file that is too large");
    const parts: Buffer[] = [];
    this.#take = (bytes) => parts.push(Buffer.from(bytes));
    this.#finish = () => done(Buffer.concat(parts));
  }

  #onMeta(bytes: Buffer): void {
    this.#meta = bytes;
    this.#handler.onMeta(parseJson(bytes, "meta.inf"));
  }

  #onChecksum(bytes: Buffer): void {
    if (this.#meta === undefined) throw archiveError("meta.sum before meta.inf");
    checkSum(this.#stream, this.#meta, bytes);
    this.#hasChecksum = true;
  }

  #onConsumerPart(name: string, part: string, bytes: Buffer): void {
    const parts = this.#consumers.get(name) ?? new Map<string, Buffer>();
    this.#consumers.set(name, parts.set(part, bytes));
    const meta = parts.get("meta.inf");
    const sum = parts.get("meta.sum");
    const state = parts.get("o.dat");
    if (meta === undefined || sum === undefined || state === undefined) return;
    this.#consumers.delete(name);
    checkSum(`${this.#stream}/${name}`, meta, sum);
    const config = parseJson(meta, `obs/${name}/meta.inf`) as Readonly<Record<string, unknown>>;
    const { Created: created, Name: _, ...rest } = config;
    this.#handler.onConsumer({
      name,
      config: rest,
      created: typeof created === "string" ? created : undefined,
      state: decodeConsumerState(state),
    });
  }
}

function checkSum(name: string, meta: Buffer, sum: Buffer): void {
  if (metaChecksum(name, meta) !== sum.toString("latin1").trim()) {
    throw archiveError(`the checksum of ${JSON.stringify(name)} is wrong`);
  }
}

function takeEntry(entry: ArchiveEntry, handler: StreamArchiveHandler): void {
  const { sequence, headers, payload, timeNs } = entry;
  if (sequence > 0) {
    handler.onMessage({ sequence, timeNs, subject: entry.name, headers, payload });
    return;
  }
  const name = entry.name.toString("utf8");
  if (name === "state.json") {
    const state = parseJson(payload, name) as Readonly<Record<string, unknown>>;
    handler.onBounds(count(state["first_seq"]), count(state["last_seq"]));
  } else if (name.startsWith("consumers/")) {
    handler.onConsumer(consumerOf(name.slice("consumers/".length), payload));
  } else {
    throw archiveError(`an unexpected entry: ${JSON.stringify(name)}`);
  }
}

function consumerOf(name: string, payload: Buffer): ArchivedConsumer {
  const { config, state } = parseJson(payload, name) as Readonly<Record<string, unknown>>;
  const fields = record(state);
  const pair = (value: unknown): { consumer: number; stream: number } => ({
    consumer: count(record(value)["consumer_seq"]),
    stream: count(record(value)["stream_seq"]),
  });
  return {
    name,
    config,
    created: undefined,
    state: {
      ackFloor: pair(fields["ack_floor"]),
      delivered: pair(fields["delivered"]),
      pending: Object.entries(record(fields["pending"])).map(([sequence, entry]) => ({
        streamSequence: count(Number(sequence)),
        consumerSequence: count(record(entry)["Sequence"]),
        deliveredAtSeconds: Math.floor(Number(record(entry)["Timestamp"] ?? 0) / 1e9),
      })),
      redelivered: Object.entries(record(fields["redelivered"])).map(([sequence, times]) => [
        count(Number(sequence)),
        count(times),
      ]),
    },
  };
}

function parseJson(bytes: Buffer, name: string): unknown {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, like what is no object.
  }
  throw archiveError(`${name} is not a JSON object`);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function count(value: unknown): number {
  if (value === undefined) return 0;
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw archiveError("a number that is none");
  return value as number;
}
