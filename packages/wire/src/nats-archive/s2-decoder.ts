import { archiveError } from "./errors.ts";
import { PendingBytes } from "./pending-bytes.ts";
import { decodeS2Block } from "./s2-block.ts";
import {
  BLOCK_SIZE_MAX,
  CHECKSUM_SIZE,
  CHUNK_COMPRESSED,
  CHUNK_HEAD_SIZE,
  CHUNK_IDENTIFIER,
  CHUNK_PLAIN,
  CHUNK_SKIPPABLE_MIN,
  IDENTIFIERS,
  maskedChecksum,
} from "./s2-format.ts";

/** The largest body of a chunk that can hold a block of {@link BLOCK_SIZE_MAX}. */
const BODY_SIZE_MAX = BLOCK_SIZE_MAX + BLOCK_SIZE_MAX / 6 + 64;

/**
 * Reads an S2 stream that comes in pieces of any size. It holds one chunk at most, and a block is not decoded before it
 * is known that it is no larger than 4 MiB, whatever its few bytes claim.
 */
export class S2Decoder {
  readonly #onBytes: (bytes: Buffer) => void;
  readonly #pending: PendingBytes = new PendingBytes();
  #isIdentified = false;

  /** @param onBytes - Gets the plain bytes, in order; they are its to keep. */
  constructor(onBytes: (bytes: Buffer) => void) {
    this.#onBytes = onBytes;
  }

  /**
   * Takes the next bytes, which may be reused afterwards.
   *
   * @throws `ARCHIVE_INVALID`, and whatever `onBytes` throws; nothing more can be read then.
   */
  push(bytes: Uint8Array): void {
    const pending = this.#pending;
    pending.append(bytes);
    while (pending.length >= CHUNK_HEAD_SIZE) {
      const head = pending.bytes;
      const type = head[0] as number;
      const size = head.readUIntLE(1, 3);
      if (!this.#isIdentified && type !== CHUNK_IDENTIFIER) throw archiveError("not an S2 stream");
      if (size > BODY_SIZE_MAX) throw archiveError(`a chunk of ${size} bytes`);
      const end = CHUNK_HEAD_SIZE + size;
      if (pending.length < end) return;
      pending.consume(end);
      this.#take(type, head.subarray(CHUNK_HEAD_SIZE, end));
    }
  }

  /**
   * The stream is over.
   *
   * @throws `ARCHIVE_INVALID` if it ends in the middle of a chunk.
   */
  end(): void {
    if (this.#pending.length > 0) throw archiveError("the S2 stream is cut short");
  }

  #take(type: number, body: Buffer): void {
    if (type === CHUNK_IDENTIFIER) {
      if (!IDENTIFIERS.includes(body.toString("latin1"))) throw archiveError("not an S2 stream");
      this.#isIdentified = true;
    } else if (type === CHUNK_COMPRESSED || type === CHUNK_PLAIN) {
      if (body.length < CHECKSUM_SIZE) throw archiveError("a chunk without its checksum");
      const plain = type === CHUNK_PLAIN ? plainOf(body) : decompress(body);
      if (maskedChecksum(plain) !== body.readUInt32LE(0)) {
        throw archiveError("the checksum of a chunk is wrong");
      }
      if (plain.length > 0) this.#onBytes(plain);
    } else if (type < CHUNK_SKIPPABLE_MIN) {
      throw archiveError(`a chunk of unknown type ${type}`);
    }
  }
}

function plainOf(body: Buffer): Buffer {
  if (body.length - CHECKSUM_SIZE > BLOCK_SIZE_MAX) throw archiveError("a block of over 4 MiB");
  return Buffer.from(body.subarray(CHECKSUM_SIZE));
}

function decompress(body: Buffer): Buffer {
  let size = 0;
  let at = CHECKSUM_SIZE;
  for (let shift = 0; ; shift += 7) {
    const byte = body[at++];
    if (byte === undefined || shift > 28) throw archiveError("the size of a block can't be read");
    size += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (size > BLOCK_SIZE_MAX) throw archiveError("a block of over 4 MiB");
  const plain = Buffer.alloc(size);
  decodeS2Block(body, at, body.length, plain);
  return plain;
}
