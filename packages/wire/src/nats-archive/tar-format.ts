/**
 * The parts of a tar archive (POSIX ustar and pax) that nats-server's archives use: regular files only.
 *
 *     file: | head (512 B) | content, filled up to a multiple of 512 B |
 *     end:  two blocks of zeros
 *
 *     head: name 0..100, mode 100..108, uid, gid, size 124..136 (octal), mtime 136..148 (octal), checksum 148..156,
 *           type 156, linkname, magic `ustar\0` 257..263, version `00`, uname 265..297, gname 297..329, prefix 345..500
 */
export const TAR_BLOCK_SIZE = 512;
export const TYPE_FILE = "0";
/** A file whose content are attributes (`<size> <key>=<value>\n`) of the one behind it. */
export const TYPE_PAX = "x";
/** Attributes of all files behind it. */
export const TYPE_PAX_GLOBAL = "g";

export const NAME: readonly [number, number] = [0, 100];
export const SIZE: readonly [number, number] = [124, 136];
export const CHECKSUM: readonly [number, number] = [148, 156];
export const TYPE_AT = 156;
export const PREFIX: readonly [number, number] = [345, 500];

/** The sum of a head's bytes, with blanks in place of the checksum. */
export function tarChecksum(head: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < TAR_BLOCK_SIZE; i++) {
    sum += i >= CHECKSUM[0] && i < CHECKSUM[1] ? 0x20 : (head[i] as number);
  }
  return sum;
}

/** `size` filled up to whole blocks. */
export function tarPaddedSize(size: number): number {
  return Math.ceil(size / TAR_BLOCK_SIZE) * TAR_BLOCK_SIZE;
}
