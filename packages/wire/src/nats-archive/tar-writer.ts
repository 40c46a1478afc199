import {
  CHECKSUM,
  NAME,
  SIZE,
  TAR_BLOCK_SIZE,
  TYPE_AT,
  TYPE_FILE,
  TYPE_PAX,
  tarChecksum,
  tarPaddedSize,
} from "./tar-format.ts";

/** Octal digits a size has room for, and so 8 GiB less one byte. */
const SIZE_DIGITS = 11;

/**
 * The head of a file in a tar archive; one whose name is longer than 100 bytes has a file of attributes before it.
 *
 * @param size - Below 8 GiB.
 * @param modifiedSeconds - Seconds since 1970 UTC.
 */
export function tarFileHead(name: string, size: number, modifiedSeconds: number): Buffer {
  const head = plainHead(name, TYPE_FILE, size, modifiedSeconds);
  if (Buffer.byteLength(name) <= NAME[1]) return head;
  const attribute = Buffer.from(paxRecord(`path=${name}\n`));
  return Buffer.concat([
    plainHead("attributes", TYPE_PAX, attribute.length, modifiedSeconds),
    attribute,
    tarPadding(attribute.length),
    head,
  ]);
}

function plainHead(name: string, type: string, size: number, modifiedSeconds: number): Buffer {
  const head = Buffer.alloc(TAR_BLOCK_SIZE);
  head.write(name, NAME[0], NAME[1], "utf8");
  head.write("0000600\0", 100, "latin1");
  head.write("0000000\0", 108, "latin1");
  head.write("0000000\0", 116, "latin1");
  head.write(octal(size), SIZE[0], "latin1");
  head.write(octal(modifiedSeconds), 136, "latin1");
  head[TYPE_AT] = type.charCodeAt(0);
  head.write("ustar\x0000", 257, "latin1");
  head.write("nats", 265, "latin1");
  head.write("nats", 297, "latin1");
  head.write(`${tarChecksum(head).toString(8).padStart(6, "0")}\0 `, CHECKSUM[0], "latin1");
  return head;
}

/** An attribute with its size in front, which counts its own digits. */
function paxRecord(text: string): string {
  const size = Buffer.byteLength(text) + 1;
  let digits = String(size).length;
  if (String(size + digits).length > digits) digits++;
  return `${size + digits} ${text}`;
}

/** What has to follow the content of a file of `size` bytes. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc(tarPaddedSize(size) - size);
}

/** What an archive ends with. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * TAR_BLOCK_SIZE);
}

function octal(value: number): string {
  return `${value.toString(8).padStart(SIZE_DIGITS, "0")}\0`;
}
