import type { DiskLock, Host } from "@oxbow/base";
import { BlockPool } from "./block-pool.ts";
import { SegmentFiles } from "./blocked-file/segment-files.ts";
import type { EncryptionOptions, StoreKeys } from "./encryption/store-keys.ts";
import { logError } from "./errors.ts";
import type { FileStorageContext } from "./file-storage.ts";
import { isSpareFileName } from "./journal/journal-format.ts";
import { LIMITS } from "./limits.ts";
import { ReadCache } from "./read-cache.ts";
import { type Recovered, recover } from "./recovery/recovery.ts";
import { openStoreFile } from "./store-file.ts";
import { CHUNK_SIZE_MAX } from "./tail.ts";

/** How the files of a store are opened. */
export interface OpenFilesOptions {
  /** Bytes of a segment file. Default 64 MiB. */
  readonly segmentSizeMax?: number;
  /** Default: not encrypted. A store that holds data already is encrypted as it is opened. */
  readonly encryption?: EncryptionOptions | undefined;
}

/** What the files of a store hold, recovered, and with what they are read and written. */
export interface OpenedFiles {
  readonly context: FileStorageContext;
  readonly recovered: Recovered;
  readonly keys: StoreKeys | undefined;
}

/** Takes a data directory for this process alone. Rejects with `STORE_LOCKED` while another one has it. */
export async function takeLock(directory: string, host: Host): Promise<DiskLock> {
  try {
    return await host.disk.lock("STORE:LOCK", `${directory}/lock`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
    throw logError(
      "STORE_LOCKED",
      `the data directory ${directory} is in use by another process: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** Opens the files of a data directory that is locked, or makes them, and recovers what they hold. */
export async function openFiles(
  options: OpenFilesOptions,
  directory: string,
  host: Host,
): Promise<OpenedFiles> {
  const { disk } = host;
  const { id: storeId, keys, damage } = await openStoreFile(directory, host, options.encryption);
  await disk.makeDirectory("STORE:JOURNALS", `${directory}/journal`);
  await disk.makeDirectory("STORE:LOGS", `${directory}/logs`);
  await disk.syncDirectory("STORE:NAMES", directory);
  // A process that was killed may have left names in it that are not on disk yet.
  await disk.syncDirectory("LOGS:NAMES", `${directory}/logs`);
  const context: FileStorageContext = {
    disk,
    files: new SegmentFiles(disk, host.random, keys),
    journal: undefined,
    cache: new ReadCache(host.clock, LIMITS.readCacheSize, LIMITS.readAheadSize),
    storeId,
    segmentSizeMax: options.segmentSizeMax ?? LIMITS.segmentSizeMax,
    residentSize: 0,
    blocks: new BlockPool(host.clock, CHUNK_SIZE_MAX, LIMITS.pooledBlocksMax),
    logTouched: () => {},
    opened: new Set(),
  };
  for (const name of await disk.list("JOURNAL:SPARES", `${directory}/journal`)) {
    if (!isSpareFileName(name)) continue;
    await disk.remove("JOURNAL:LEFTOVER", `${directory}/journal/${name}`);
  }
  const recovered = await recover(directory, context, keys, host);
  if (damage !== undefined) recovered.damage.push(damage);
  return { context, recovered, keys };
}
