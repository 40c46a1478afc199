import { encodeS2Block, s2BlockSizeMax } from "./s2-block.ts";
import {
  CHECKSUM_SIZE,
  CHUNK_COMPRESSED,
  CHUNK_HEAD_SIZE,
  CHUNK_IDENTIFIER,
  CHUNK_PLAIN,
  IDENTIFIERS,
  maskedChecksum,
} from "./s2-format.ts";

/** Plain bytes of a block, so that every offset fits into two bytes. */
const BLOCK_SIZE = 64 * 1024;
/** Room for the size of a block. */
const UVARINT_SIZE_MAX = 3;

/** The first bytes of an S2 stream. */
export function s2StreamHead(): Buffer {
  return streamHead(IDENTIFIERS[0] as string);
}

/** A whole stream that readers of Snappy take as well. */
export function encodeSnappy(bytes: Uint8Array): Buffer {
  return Buffer.concat([streamHead(IDENTIFIERS[1] as string), encodeS2(bytes)]);
}

function streamHead(name: string): Buffer {
  return Buffer.from([CHUNK_IDENTIFIER, name.length, 0, 0, ...Buffer.from(name, "latin1")]);
}

/** The chunks of an S2 stream that hold `bytes`, each block compressed where that makes it smaller. */
export function encodeS2(bytes: Uint8Array): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK_SIZE) {
    chunks.push(encodeChunk(bytes.subarray(at, at + BLOCK_SIZE)));
  }
  return Buffer.concat(chunks);
}

function encodeChunk(plain: Uint8Array): Buffer {
  const head = CHUNK_HEAD_SIZE + CHECKSUM_SIZE;
  const chunk = Buffer.allocUnsafe(head + UVARINT_SIZE_MAX + s2BlockSizeMax(plain.length));
  let at = head;
  for (let left = plain.length; ; left >>>= 7) {
    chunk[at++] = left > 0x7f ? (left & 0x7f) | 0x80 : left;
    if (left <= 0x7f) break;
  }
  at += encodeS2Block(plain, chunk.subarray(at));
  let type = CHUNK_COMPRESSED;
  if (at - head >= plain.length) {
    type = CHUNK_PLAIN;
    chunk.set(plain, head);
    at = head + plain.length;
  }
  chunk[0] = type;
  chunk.writeUIntLE(at - CHUNK_HEAD_SIZE, 1, 3);
  chunk.writeUInt32LE(maskedChecksum(plain), CHUNK_HEAD_SIZE);
  return chunk.subarray(0, at);
}
