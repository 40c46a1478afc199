import { crc32c } from "@oxbow/base";

/**
 * The framing of an S2 stream (klauspost/compress, a superset of Snappy's framing format):
 *
 *     chunk: | type (1 B) | size (3 B, LE) | body (size B) |
 *
 *     0xff        stream identifier, body `S2sTwO` or `sNaPpY`; first, and may come again
 *     0x00        | masked CRC-32C of the plain bytes (4 B) | block |
 *     0x01        | masked CRC-32C (4 B) | plain bytes |
 *     0x80..0xfe  to be skipped (padding, index, user data)
 *     0x02..0x7f  reserved: an error
 *
 *     block: | plain size (uvarint) | elements … |
 */
export const CHUNK_HEAD_SIZE = 4;
export const CHECKSUM_SIZE = 4;
export const CHUNK_COMPRESSED = 0x00;
export const CHUNK_PLAIN = 0x01;
export const CHUNK_SKIPPABLE_MIN = 0x80;
export const CHUNK_IDENTIFIER = 0xff;
export const IDENTIFIERS: readonly string[] = ["S2sTwO", "sNaPpY"];

/** Largest block a stream may have, as nats-server's reader takes them. */
export const BLOCK_SIZE_MAX: number = 4 << 20;

/** The checksum of a chunk, as the format stores it. */
export function maskedChecksum(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const crc = crc32c(view, 0, bytes.length);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
