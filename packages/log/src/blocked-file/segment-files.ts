import type { Disk, DiskFile, Random } from "@oxbow/base";
import { call, readRange } from "../disk-files.ts";
import { type FileCipher, SALT_SIZE } from "../encryption/file-cipher.ts";
import { StoreKeys } from "../encryption/store-keys.ts";
import { formatError } from "../store-file.ts";
import {
  type BlockCoding,
  decodeBlockedHeader,
  encodeBlockedHeader,
  FILE_HEADER_SIZE,
} from "./block-format.ts";
import { BlockedFile } from "./blocked-file.ts";

/** Says whether what is written is compressed; it may change its mind. */
export interface Compressing {
  readonly isCompressed: boolean;
}

/** An open segment file, and whether it could be read without the key of the store, which is encrypted. */
export interface OpenedSegmentFile {
  readonly file: DiskFile;
  readonly isExposed: boolean;
}

/** Makes and opens the segment files of a store: plain ones, or in blocks where they are to be compressed or encrypted. */
export class SegmentFiles {
  readonly #disk: Disk;
  readonly #random: Random;
  readonly #keys: StoreKeys | undefined;

  constructor(disk: Disk, random: Random, keys: StoreKeys | undefined) {
    this.#disk = disk;
    this.#random = random;
    this.#keys = keys;
  }

  /** Creates a file; what is written to it is durable with its first sync, its header included. */
  async create(site: string, path: string, log: Compressing): Promise<DiskFile> {
    const file = await this.#disk.open(site, path, "create");
    if (!log.isCompressed && this.#keys === undefined) return file;
    const salt =
      this.#keys === undefined ? Buffer.alloc(SALT_SIZE) : StoreKeys.newSalt(this.#random);
    try {
      const header = encodeBlockedHeader(this.#keys !== undefined, salt);
      await call((done) => file.write("SEGMENT:BLOCKS", [header], 0, done));
    } catch (error) {
      await file.close();
      throw error;
    }
    return BlockedFile.create(file, this.#coding(log, this.#keys?.fileCipher(salt)));
  }

  /** Opens a file of either kind. */
  async open(site: string, path: string, log: Compressing): Promise<OpenedSegmentFile> {
    const file = await this.#disk.open(site, path, "write");
    try {
      const header = decodeBlockedHeader(
        await readRange(file, "SEGMENT:BLOCKS", 0, FILE_HEADER_SIZE),
      );
      const isExposed = this.#keys !== undefined && header?.isEncrypted !== true;
      if (header === undefined) return { file, isExposed };
      if (header.version !== 1) throw formatError(path, header.version);
      const cipher = header.isEncrypted ? this.#keys?.fileCipher(header.salt) : undefined;
      return { file: await BlockedFile.open(file, this.#coding(log, cipher)), isExposed };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  #coding(log: Compressing, cipher: FileCipher | undefined): BlockCoding {
    return {
      get compresses(): boolean {
        return log.isCompressed;
      },
      cipher,
      // 12 random bytes: with far fewer than 2^32 blocks in a file, two alike are not to be expected.
      fillNonce: (target) => this.#random.fill(target),
    };
  }
}
