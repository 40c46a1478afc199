import { constants as zlib, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { crc32c } from "@oxbow/base";
import { type Block, blockOf, getUint53, setUint53 } from "../block.ts";
import { type FileCipher, NONCE_SIZE, SALT_SIZE, TAG_SIZE } from "../encryption/file-cipher.ts";

/*
 * A segment file of a log that is compressed, or of a store that is encrypted. It holds the bytes that a plain segment file
 * would hold, in blocks that are compressed and encrypted each for itself; the positions of records are those of the plain
 * bytes. It is only ever added to: a block stands for `[start, start + plain size)` and for nothing of what was there
 * before behind its start, so that one of plain size 0 cuts the content off there. A patch stands for its range alone.
 *
 * header (64 B)
 *      0          8         10      12     16       48      52 … 64
 *     +----------+---------+-------+------+--------+-------+------+
 *     | OXBOWBLK | version | flags | zero | salt   | crc   | zero |
 *     |          | u16     | u16   |      | 32 B   | u32   |      |
 *     +----------+---------+-------+------+--------+-------+------+
 * flags   1 = encrypted, with the key that the store's key and the salt make
 * crc     covers [0, 48)
 *
 * block
 *      0      4     8        16      20       24      28      32      44     60     64
 *     +------+-----+--------+-------+--------+-------+-------+-------+------+------+---------
 *     | OXBK | crc | start  | plain | stored | flags | stored| nonce | tag  | zero | stored …
 *     |      | u32 | u53    | u32   | u32    | u32   | crc   | 12 B  | 16 B |      |
 *     +------+-----+--------+-------+--------+-------+-------+-------+------+------+---------
 * flags       1 = compressed (Zstandard), before it is encrypted; 2 = patch
 * crc         covers [8, 64)
 * stored crc  covers the stored bytes; 0 where they are encrypted: the tag vouches for them, with [8, 32) as associated data
 */
export const FILE_HEADER_SIZE = 64;
export const BLOCK_HEAD_SIZE = 64;
/** Plain bytes of a block: what a read of one record costs at most, and enough for compression to find what repeats. */
export const BLOCK_SIZE_MAX: number = 128 * 1024;
const FILE_MAGIC = Buffer.from("OXBOWBLK", "latin1");
const FILE_VERSION = 1;
const FILE_ENCRYPTED = 1;
const BLOCK_MAGIC = 0x4b42584f;
const BLOCK_COMPRESSED = 1;
const BLOCK_PATCH = 2;
const STORED_CRC_AT = 28;
const NONCE_AT = 32;
const TAG_AT = 44;
const ASSOCIATED_END = 32;

/** What the header of a file in blocks says. */
export interface BlockedHeader {
  readonly version: number;
  readonly isEncrypted: boolean;
  readonly salt: Buffer;
}

export function encodeBlockedHeader(isEncrypted: boolean, salt: Buffer): Buffer {
  const { bytes, view } = blockOf(Buffer.alloc(FILE_HEADER_SIZE));
  FILE_MAGIC.copy(bytes, 0);
  view.setUint16(8, FILE_VERSION, true);
  view.setUint16(10, isEncrypted ? FILE_ENCRYPTED : 0, true);
  salt.copy(bytes, 16);
  view.setUint32(48, crc32c(view, 0, 48), true);
  return bytes;
}

/** `undefined` if it is none, or damaged. */
export function decodeBlockedHeader({ bytes, view }: Block): BlockedHeader | undefined {
  if (bytes.length < FILE_HEADER_SIZE || !FILE_MAGIC.equals(bytes.subarray(0, 8))) return undefined;
  if (view.getUint32(48, true) !== crc32c(view, 0, 48)) return undefined;
  return {
    version: view.getUint16(8, true),
    isEncrypted: (view.getUint16(10, true) & FILE_ENCRYPTED) !== 0,
    salt: bytes.subarray(16, 16 + SALT_SIZE),
  };
}

/** What the head of a block says. */
export interface BlockHead {
  readonly start: number;
  readonly plainSize: number;
  readonly storedSize: number;
  readonly isPatch: boolean;
}

/** How blocks of a file are made. */
export interface BlockCoding {
  readonly compresses: boolean;
  readonly cipher: FileCipher | undefined;
  /** Fills a nonce that no other block of the file has. */
  fillNonce(target: Uint8Array): void;
}

/** A block with its head. */
export function encodeBlock(
  start: number,
  plain: Uint8Array,
  isPatch: boolean,
  coding: BlockCoding,
): Buffer {
  const { cipher } = coding;
  const compressed = coding.compresses && plain.length > 0 ? compress(plain) : plain;
  const isCompressed = compressed.length < plain.length;
  const content = isCompressed ? compressed : plain;
  const { bytes, view } = blockOf(Buffer.alloc(BLOCK_HEAD_SIZE + content.length));
  view.setUint32(0, BLOCK_MAGIC, true);
  setUint53(view, 8, start);
  view.setUint32(16, plain.length, true);
  view.setUint32(20, content.length, true);
  view.setUint32(24, (isCompressed ? BLOCK_COMPRESSED : 0) | (isPatch ? BLOCK_PATCH : 0), true);
  if (cipher === undefined) {
    bytes.set(content, BLOCK_HEAD_SIZE);
    view.setUint32(STORED_CRC_AT, crc32c(view, BLOCK_HEAD_SIZE, bytes.length), true);
  } else {
    const nonce = bytes.subarray(NONCE_AT, NONCE_AT + NONCE_SIZE);
    coding.fillNonce(nonce);
    const { parts, tag } = cipher.seal(nonce, bytes.subarray(8, ASSOCIATED_END), [content]);
    bytes.set(parts[0] as Buffer, BLOCK_HEAD_SIZE);
    bytes.set(tag, TAG_AT);
  }
  view.setUint32(4, crc32c(view, 8, BLOCK_HEAD_SIZE), true);
  return bytes;
}

/** The head at `at`; `undefined` if it is none. */
export function decodeBlockHead({ view }: Block, at = 0): BlockHead | undefined {
  if (at + BLOCK_HEAD_SIZE > view.byteLength) return undefined;
  if (view.getUint32(at, true) !== BLOCK_MAGIC) return undefined;
  if (view.getUint32(at + 4, true) !== crc32c(view, at + 8, at + BLOCK_HEAD_SIZE)) return undefined;
  const plainSize = view.getUint32(at + 16, true);
  const storedSize = view.getUint32(at + 20, true);
  if (plainSize > BLOCK_SIZE_MAX || storedSize > plainSize) return undefined;
  return {
    start: getUint53(view, at + 8),
    plainSize,
    storedSize,
    isPatch: (view.getUint32(at + 24, true) & BLOCK_PATCH) !== 0,
  };
}

/** The plain bytes of a whole block; `undefined` if it does not check out. */
export function decodeBlock(block: Block, cipher: FileCipher | undefined): Buffer | undefined {
  const { bytes, view } = block;
  const head = decodeBlockHead(block);
  if (head === undefined || bytes.length < BLOCK_HEAD_SIZE + head.storedSize) return undefined;
  const stored = bytes.subarray(BLOCK_HEAD_SIZE, BLOCK_HEAD_SIZE + head.storedSize);
  const content =
    cipher === undefined
      ? intact(block, head.storedSize)
      : cipher.open(
          bytes.subarray(NONCE_AT, NONCE_AT + NONCE_SIZE),
          bytes.subarray(8, ASSOCIATED_END),
          stored,
          bytes.subarray(TAG_AT, TAG_AT + TAG_SIZE),
        );
  if (content === undefined || (view.getUint32(24, true) & BLOCK_COMPRESSED) === 0) return content;
  return decompress(content, head.plainSize);
}

/** The stored bytes of a block that is not encrypted, if they are what they were. */
function intact({ bytes, view }: Block, size: number): Buffer | undefined {
  const end = BLOCK_HEAD_SIZE + size;
  const isIntact = view.getUint32(STORED_CRC_AT, true) === crc32c(view, BLOCK_HEAD_SIZE, end);
  return isIntact ? bytes.subarray(BLOCK_HEAD_SIZE, end) : undefined;
}

/** The fastest level: a checkpoint waits for it. */
const compression = { params: { [zlib.ZSTD_c_compressionLevel]: 1 } };

function compress(plain: Uint8Array): Buffer {
  return zstdCompressSync(plain, compression);
}

function decompress(content: Buffer, size: number): Buffer | undefined {
  try {
    const plain = zstdDecompressSync(content, { maxOutputLength: size });
    return plain.length === size ? plain : undefined;
  } catch {
    return undefined; // The block is damaged, and reads as such.
  }
}
