import { createHash } from "node:crypto";
import { archiveError } from "./errors.ts";
import { HIGHWAY_HASH_SIZE, HighwayHash } from "./highway-hash.ts";
import { PendingBytes } from "./pending-bytes.ts";

/**
 * A record of a message block (`msgs/<n>.blk`), all numbers little-endian:
 *
 *     | size (4 B, top bit: has headers) | sequence (8 B) | time in ns since 1970 (8 B) | subject size (2 B) | subject
 *     | with headers: headers size (4 B), headers | payload | HighwayHash-64 (8 B) |
 *
 * The hash is of sequence and time, subject, headers (without their size) and payload; its key is the SHA-256 of
 * `<stream>-<n>`. Bit 63 of the sequence marks a message that was erased, bit 62 the tombstone of one that was removed.
 */
const HEAD_SIZE = 22;
const HEADERS_FLAG = 0x8000_0000;
/** In the upper half of the sequence. */
const ERASED_FLAG = 0x8000_0000;
const TOMBSTONE_FLAG = 0x4000_0000;
/** The largest record nats-server takes for one. */
const RECORD_SIZE_MAX = 32 * 1024 * 1024;

/** A message of an archive. */
export interface ArchivedMessage {
  readonly sequence: number;
  /** Nanoseconds since 1970 UTC. */
  readonly timeNs: bigint;
  readonly subject: Buffer;
  /** The header block; empty for none. */
  readonly headers: Buffer;
  readonly payload: Buffer;
}

/** Who hears of the records of a block. */
export interface MessageBlockHandler {
  /** A message; its buffers are its to keep. */
  onMessage(message: ArchivedMessage): void;
  /** A sequence whose message is gone: a mark in its place, or a tombstone somewhere behind it. */
  onRemoved(sequence: number): void;
}

/** Reads a message block that comes in pieces of any size. It holds one record at most. */
export class MessageBlockReader {
  readonly #handler: MessageBlockHandler;
  readonly #hash: HighwayHash;
  readonly #pending: PendingBytes = new PendingBytes();

  /** @param block - Number of the block, which is in its name. */
  constructor(stream: string, block: number, handler: MessageBlockHandler) {
    this.#handler = handler;
    this.#hash = blockHash(stream, block);
  }

  /**
   * Takes the next bytes.
   *
   * @throws `ARCHIVE_INVALID`, and whatever the handler throws.
   */
  push(bytes: Buffer): void {
    const pending = this.#pending;
    pending.append(bytes);
    while (pending.length >= HEAD_SIZE) {
      const all = pending.bytes;
      const size = (all.readUInt32LE(0) & ~HEADERS_FLAG) >>> 0;
      if (size < HEAD_SIZE + HIGHWAY_HASH_SIZE || size > RECORD_SIZE_MAX) {
        throw archiveError(`a message record of ${size} bytes`);
      }
      if (all.length < size) return;
      pending.consume(size);
      this.#read(all.subarray(0, size));
    }
  }

  /**
   * The block is over.
   *
   * @throws `ARCHIVE_INVALID` if it ends in the middle of a record.
   */
  end(): void {
    if (this.#pending.length > 0) throw archiveError("a message block is cut short");
  }

  #read(record: Buffer): void {
    const end = record.length - HIGHWAY_HASH_SIZE;
    const hasHeaders = record.readUInt32LE(0) >= HEADERS_FLAG;
    const subjectEnd = HEAD_SIZE + record.readUInt16LE(20);
    const bodyStart = subjectEnd + (hasHeaders ? 4 : 0);
    if (bodyStart > end) throw archiveError("a message record that can't be read");
    if (!isIntact(this.#hash, record, subjectEnd, bodyStart, end)) {
      throw archiveError("the checksum of a message is wrong");
    }
    const high = record.readUInt32LE(8);
    const isTombstone = (high & TOMBSTONE_FLAG) !== 0;
    const isErased = (high & ERASED_FLAG) !== 0;
    const sequence = (high & 0x3fff_ffff) * 2 ** 32 + record.readUInt32LE(4);
    if (!Number.isSafeInteger(sequence)) throw archiveError("a sequence beyond 2^53");
    if (isTombstone || isErased || sequence === 0) {
      this.#handler.onRemoved(sequence);
      return;
    }
    const headersEnd = bodyStart + (hasHeaders ? record.readUInt32LE(subjectEnd) : 0);
    if (headersEnd > end) throw archiveError("a message record that can't be read");
    this.#handler.onMessage({
      sequence,
      timeNs: record.readBigInt64LE(12),
      subject: Buffer.from(record.subarray(HEAD_SIZE, subjectEnd)),
      headers: Buffer.from(record.subarray(bodyStart, headersEnd)),
      payload: Buffer.from(record.subarray(headersEnd, end)),
    });
  }
}

/** Writes the records of a message block. */
export class MessageBlockWriter {
  readonly #hash: HighwayHash;

  constructor(stream: string, block: number) {
    this.#hash = blockHash(stream, block);
  }

  /** Bytes that a message takes. */
  static recordSize(subjectSize: number, headersSize: number, payloadSize: number): number {
    const headers = headersSize > 0 ? 4 + headersSize : 0;
    return HEAD_SIZE + subjectSize + headers + payloadSize + HIGHWAY_HASH_SIZE;
  }

  /** The record of a message. */
  message({ sequence, timeNs, subject, headers, payload }: ArchivedMessage): Buffer {
    const hasHeaders = headers.length > 0;
    const size = MessageBlockWriter.recordSize(subject.length, headers.length, payload.length);
    const record = Buffer.allocUnsafe(size);
    record.writeUInt32LE(hasHeaders ? size + HEADERS_FLAG : size, 0);
    record.writeUInt32LE(sequence % 2 ** 32, 4);
    record.writeUInt32LE(Math.floor(sequence / 2 ** 32), 8);
    record.writeBigInt64LE(timeNs, 12);
    record.writeUInt16LE(subject.length, 20);
    let at = HEAD_SIZE;
    record.set(subject, at);
    at += subject.length;
    const subjectEnd = at;
    if (hasHeaders) at = record.writeUInt32LE(headers.length, at);
    const bodyStart = at;
    record.set(headers, at);
    record.set(payload, at + headers.length);
    hashRecord(this.#hash, record, subjectEnd, bodyStart, size - HIGHWAY_HASH_SIZE);
    this.#hash.digest(record, size - HIGHWAY_HASH_SIZE);
    return record;
  }

  /** The mark of a sequence whose message is gone. */
  removed(sequence: number, timeNs: bigint): Buffer {
    const record = Buffer.alloc(HEAD_SIZE + HIGHWAY_HASH_SIZE);
    record.writeUInt32LE(record.length, 0);
    record.writeUInt32LE(sequence % 2 ** 32, 4);
    record.writeUInt32LE(Math.floor(sequence / 2 ** 32) + ERASED_FLAG, 8);
    record.writeBigInt64LE(timeNs, 12);
    hashRecord(this.#hash, record, HEAD_SIZE, HEAD_SIZE, HEAD_SIZE);
    this.#hash.digest(record, HEAD_SIZE);
    return record;
  }
}

function blockHash(stream: string, block: number): HighwayHash {
  return new HighwayHash(createHash("sha256").update(`${stream}-${block}`).digest());
}

function hashRecord(
  hash: HighwayHash,
  record: Buffer,
  subjectEnd: number,
  bodyStart: number,
  end: number,
): void {
  hash.reset();
  hash.update(record, 4, 20);
  hash.update(record, HEAD_SIZE, subjectEnd);
  hash.update(record, bodyStart, end);
}

const digest: Buffer = Buffer.alloc(HIGHWAY_HASH_SIZE);

function isIntact(
  hash: HighwayHash,
  record: Buffer,
  subjectEnd: number,
  bodyStart: number,
  end: number,
): boolean {
  hashRecord(hash, record, subjectEnd, bodyStart, end);
  hash.digest(digest, 0);
  return digest.equals(record.subarray(end));
}
