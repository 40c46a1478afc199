import { archiveError } from "./errors.ts";
import {
  CHECKSUM,
  NAME,
  PREFIX,
  SIZE,
  TAR_BLOCK_SIZE,
  TYPE_AT,
  TYPE_FILE,
  TYPE_PAX,
  TYPE_PAX_GLOBAL,
  tarChecksum,
  tarPaddedSize,
} from "./tar-format.ts";

/** Bytes of attributes that are read; nats-server writes some dozen. */
const ATTRIBUTES_SIZE_MAX = 64 * 1024;

/** Who hears of the files of an archive. */
export interface TarHandler {
  /** A file begins. Throws to refuse it. */
  onFile(name: string, size: number): void;
  /** The next bytes of it, valid during the call. */
  onContent(bytes: Buffer): void;
  /** All of it was there. */
  onFileEnd(): void;
}

/** The file being read. */
interface Entry {
  readonly isFile: boolean;
  left: number;
  padding: number;
}

/** Reads a tar archive that comes in pieces of any size. Anything but regular files is refused. */
export class TarReader {
  readonly #handler: TarHandler;
  #head: Buffer = Buffer.alloc(0);
  #entry: Entry | undefined = undefined;
  #attributes: Buffer = Buffer.alloc(0);
  /** Name and size that attributes gave to the next file. */
  #path: string | undefined = undefined;
  #size: number | undefined = undefined;
  #isEnded = false;

  constructor(handler: TarHandler) {
    this.#handler = handler;
  }

  /**
   * Takes the next bytes.
   *
   * @throws `ARCHIVE_INVALID`, and whatever the handler throws; nothing more can be read then.
   */
  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && !this.#isEnded) {
      const entry = this.#entry;
      if (entry === undefined) at = this.#takeHead(bytes, at);
      else if (entry.left > 0) at = this.#takeContent(bytes, at, entry);
      else {
        const skipped = Math.min(entry.padding, bytes.length - at);
        entry.padding -= skipped;
        at += skipped;
      }
      if (this.#entry?.left === 0 && this.#entry.padding === 0) this.#entry = undefined;
    }
  }

  /**
   * The archive is over.
   *
   * @throws `ARCHIVE_INVALID` if it ends in the middle of a file.
   */
  end(): void {
    const isCut = this.#entry !== undefined || this.#head.length > 0 || this.#path !== undefined;
    if (isCut) throw archiveError("the archive is cut short");
  }

  #takeHead(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + TAR_BLOCK_SIZE - this.#head.length);
    this.#head = Buffer.concat([this.#head, bytes.subarray(at, end)]);
    if (this.#head.length < TAR_BLOCK_SIZE) return end;
    const head = this.#head;
    this.#head = Buffer.alloc(0);
    if (head.every((byte) => byte === 0)) this.#isEnded = true;
    else this.#begin(head);
    return end;
  }

  #begin(head: Buffer): void {
    if (octal(head, CHECKSUM) !== tarChecksum(head))
      throw archiveError("the head of a file is damaged");
    const type = String.fromCharCode(head[TYPE_AT] as number);
    const size = octal(head, SIZE);
    if (type === TYPE_PAX || type === TYPE_PAX_GLOBAL) {
      if (size > ATTRIBUTES_SIZE_MAX) throw archiveError("a file with too many attributes");
      this.#attributes = Buffer.alloc(0);
      this.#entry = { isFile: false, left: size, padding: tarPaddedSize(size) - size };
      return;
    }
    if (type !== TYPE_FILE && type !== "\0")
      throw archiveError("something that is no regular file");
    const prefix = text(head, PREFIX);
    const name = this.#path ?? (prefix === "" ? text(head, NAME) : `${prefix}/${text(head, NAME)}`);
    const fileSize = this.#size ?? size;
    this.#path = undefined;
    this.#size = undefined;
    this.#handler.onFile(name, fileSize);
    this.#entry = { isFile: true, left: fileSize, padding: tarPaddedSize(fileSize) - fileSize };
    if (fileSize === 0) this.#handler.onFileEnd();
  }

  #takeContent(bytes: Buffer, at: number, entry: Entry): number {
    const end = Math.min(bytes.length, at + entry.left);
    const content = bytes.subarray(at, end);
    entry.left -= content.length;
    if (entry.isFile) {
      this.#handler.onContent(content);
      if (entry.left === 0) this.#handler.onFileEnd();
    } else {
      this.#attributes = Buffer.concat([this.#attributes, content]);
      if (entry.left === 0) this.#readAttributes();
    }
    return end;
  }

  #readAttributes(): void {
    let at = 0;
    const bytes = this.#attributes;
    while (at < bytes.length) {
      const blank = bytes.indexOf(0x20, at);
      const size = Number(bytes.toString("latin1", at, blank < 0 ? at : blank));
      const end = at + size;
      if (!Number.isInteger(size) || size <= 0 || end > bytes.length || end <= blank) {
        throw archiveError("the attributes of a file can't be read");
      }
      const record = bytes.toString("utf8", blank + 1, end - 1);
      const equals = record.indexOf("=");
      const value = record.slice(equals + 1);
      if (record.startsWith("path=")) this.#path = value;
      else if (record.startsWith("size=")) this.#size = decimal(value);
      at = end;
    }
  }
}

function text(head: Buffer, [start, end]: readonly [number, number]): string {
  const zero = head.indexOf(0, start);
  return head.toString("utf8", start, zero < 0 || zero > end ? end : zero);
}

function octal(head: Buffer, field: readonly [number, number]): number {
  const digits = text(head, field).trim();
  if (!/^[0-7]+$/.test(digits)) throw archiveError("the head of a file can't be read");
  return Number.parseInt(digits, 8);
}

function decimal(digits: string): number {
  const value = Number(digits);
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(value))
    throw archiveError("a size that is none");
  return value;
}
