import { archiveError } from "./errors.ts";
import { PendingBytes } from "./pending-bytes.ts";

/**
 * The archives of nats-server 2.15 and later, inside their S2 stream:
 *
 *     | NATSARC1 (8 B) | entry | entry | …
 *
 *     entry: name size (uvarint), time in ns (zigzag varint), sequence (uvarint), headers size (uvarint),
 *            payload size (uvarint), name, headers, payload
 *
 * The first entry is `state.json`, then come `consumers/<name>` (JSON), then messages, whose names are their subjects. An
 * entry of zeros is the end: an archive without it was cut short.
 */
export const ENTRY_MAGIC: Buffer = Buffer.from("NATSARC1", "latin1");
const NAME_SIZE_MAX = 64 * 1024;
const CONTENT_SIZE_MAX = 64 * 1024 * 1024;
/** Bytes of the five numbers at most. */
const NUMBERS_SIZE_MAX = 50;

/** One entry; its buffers are the receiver's to keep. */
export interface ArchiveEntry {
  readonly name: Buffer;
  readonly timeNs: bigint;
  /** 0 for what is no message. */
  readonly sequence: number;
  readonly headers: Buffer;
  readonly payload: Buffer;
}

/** Reads entries from bytes that come in pieces of any size. It holds one entry at most. */
export class EntryReader {
  readonly #onEntry: (entry: ArchiveEntry) => void;
  readonly #pending: PendingBytes = new PendingBytes();
  #hasMagic = false;
  #isEnded = false;

  constructor(onEntry: (entry: ArchiveEntry) => void) {
    this.#onEntry = onEntry;
  }

  /**
   * Takes the next bytes.
   *
   * @throws `ARCHIVE_INVALID`, and whatever `onEntry` throws; nothing more can be read then.
   */
  push(bytes: Uint8Array): void {
    const pending = this.#pending;
    pending.append(bytes);
    if (!this.#hasMagic) {
      if (pending.length < ENTRY_MAGIC.length) return;
      if (pending.bytes.compare(ENTRY_MAGIC, 0, ENTRY_MAGIC.length, 0, ENTRY_MAGIC.length) !== 0) {
        throw archiveError("not an archive");
      }
      pending.consume(ENTRY_MAGIC.length);
      this.#hasMagic = true;
    }
    while (!this.#isEnded) {
      const size = this.#readOne(pending.bytes);
      if (size === 0) return;
      pending.consume(size);
    }
  }

  /**
   * The archive is over.
   *
   * @throws `ARCHIVE_INVALID` if the entry that ends it was not there.
   */
  end(): void {
    if (!this.#isEnded) throw archiveError("the archive is cut short");
  }

  /** Reads the entry that `bytes` begin with, and returns its size; 0 if it is not all there. */
  #readOne(bytes: Buffer): number {
    const numbers = readNumbers(bytes);
    if (numbers === undefined) return 0;
    const { nameSize, timeNs, sequence, headersSize, payloadSize, size } = numbers;
    if (nameSize > NAME_SIZE_MAX || headersSize + payloadSize > CONTENT_SIZE_MAX) {
      throw archiveError("an entry that is too large");
    }
    const headersStart = size + nameSize;
    const payloadStart = headersStart + headersSize;
    const end = payloadStart + payloadSize;
    if (bytes.length < end) return 0;
    if (end === size && timeNs === 0n && sequence === 0) {
      this.#isEnded = true;
      return end;
    }
    this.#onEntry({
      name: Buffer.from(bytes.subarray(size, headersStart)),
      timeNs,
      sequence,
      headers: Buffer.from(bytes.subarray(headersStart, payloadStart)),
      payload: Buffer.from(bytes.subarray(payloadStart, end)),
    });
    return end;
  }
}

interface EntryNumbers {
  readonly nameSize: number;
  readonly timeNs: bigint;
  readonly sequence: number;
  readonly headersSize: number;
  readonly payloadSize: number;
  /** Bytes the numbers take. */
  readonly size: number;
}

/** The numbers an entry begins with; `undefined` if they are not all there. */
function readNumbers(bytes: Buffer): EntryNumbers | undefined {
  const values: bigint[] = [];
  let at = 0;
  while (values.length < 5) {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) {
        if (bytes.length >= NUMBERS_SIZE_MAX) throw archiveError("an entry that can't be read");
        return undefined;
      }
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (shift > 63n) throw archiveError("an entry that can't be read");
    }
    values.push(value);
  }
  const [nameSize, time, sequence, headersSize, payloadSize] = values as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  return {
    nameSize: safeNumber(nameSize),
    timeNs: (time & 1n) === 0n ? time >> 1n : -((time + 1n) >> 1n),
    sequence: safeNumber(sequence),
    headersSize: safeNumber(headersSize),
    payloadSize: safeNumber(payloadSize),
    size: at,
  };
}

function safeNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw archiveError("a number beyond 2^53");
  return Number(value);
}
