import type { Disk, Host } from "@oxbow/base";
import { crc32c } from "@oxbow/base";
import { blockOf } from "./block.ts";
import { parentOf, readRange, readWholeFile, replaceFile } from "./disk-files.ts";
import { logError } from "./errors.ts";
import { decodeJournalHeader, FRAME_ALIGNMENT, numberOfFileName } from "./journal-format.ts";

/** The version of the whole layout of a data directory; raised when an older Oxbow could misread it. */
const FORMAT = 1;
const NAME = "store.json";

/** Who a store is. */
export interface StoreIdentity {
  /** 16 random bytes that every file of the store repeats. */
  readonly id: Buffer;
  /** What is wrong with `store.json`, if anything. */
  readonly damage: { readonly file: string; readonly reason: string } | undefined;
}

/**
 * Reads the store's identity from `store.json`, or makes it. The id is in the header of every other file, so that a
 * file of another store is never taken for one of its own, and that it can be found there if `store.json` is damaged.
 */
export async function openStoreFile(directory: string, host: Host): Promise<StoreIdentity> {
  const { disk } = host;
  const names = await disk.list("STORE:LIST", directory);
  if (names.includes(NAME)) {
    const { bytes } = await readWholeFile(disk, "STORE", `${directory}/${NAME}`);
    const { format, id } = parseStoreFile(bytes.toString("utf8"));
    if (id !== undefined && format !== FORMAT) throw formatError(directory, format);
    return id === undefined
      ? await findIdentity(directory, disk, "can't be read")
      : { id, damage: undefined };
  }
  if (names.includes("journal")) return await findIdentity(directory, disk, "is missing");
  const id = Buffer.alloc(16);
  host.random.fill(id);
  await syncParents(directory, disk);
  const content = JSON.stringify({
    format: FORMAT,
    id: id.toString("hex"),
    crc: checksum(FORMAT, id),
  });
  await replaceFile(disk, "STORE", directory, NAME, Buffer.from(`${content}\n`));
  return { id, damage: undefined };
}

/** The error of a file that a newer version wrote. */
export function formatError(path: string, format: unknown): Error {
  return logError(
    "STORE_FORMAT",
    `${path} was written in format ${String(format)}, this Oxbow reads ${FORMAT}: use the version that wrote it, or a newer one`,
  );
}

/** The identity as the journal files have it. */
async function findIdentity(directory: string, disk: Disk, what: string): Promise<StoreIdentity> {
  const file = `${directory}/${NAME}`;
  const journals = `${directory}/journal`;
  const names = await disk.list("STORE:FIND", journals).catch(() => []);
  for (const name of names.filter((name) => numberOfFileName(name) !== undefined)) {
    const journal = await disk.open("STORE:FIND", `${journals}/${name}`, "read");
    try {
      const block = await readRange(journal, "STORE:FIND", 0, FRAME_ALIGNMENT);
      const header = decodeJournalHeader(block);
      if (header !== undefined) {
        const reason = `${NAME} ${what}; the journal files say which store this is`;
        return { id: Buffer.from(header.storeId), damage: { file, reason } };
      }
    } finally {
      await journal.close();
    }
  }
  throw logError(
    "STORE_CORRUPT",
    `${file} ${what} and no journal file can stand in: restore it from a backup, or move the directory away`,
  );
}

function parseStoreFile(text: string): { format: unknown; id: Buffer | undefined } {
  try {
    const fields = JSON.parse(text) as { format?: unknown; id?: unknown; crc?: unknown };
    const { format, id, crc } = fields;
    if (typeof id !== "string" || !/^[0-9a-f]{32}$/.test(id)) return { format, id: undefined };
    const bytes = Buffer.from(id, "hex");
    return { format, id: crc === checksum(format, bytes) ? bytes : undefined };
  } catch {
    return { format: undefined, id: undefined };
  }
}

/** CRC-32C over the format and the id, as text with a space between. */
function checksum(format: unknown, id: Buffer): number {
  const bytes = Buffer.from(`${String(format)} ${id.toString("hex")}`);
  return crc32c(blockOf(bytes).view, 0, bytes.length);
}

/** Makes the names of a new directory and of those it lies in durable. */
async function syncParents(directory: string, disk: Disk): Promise<void> {
  for (let path = directory; parentOf(path) !== path; path = parentOf(path)) {
    try {
      await disk.syncDirectory("STORE:PARENT", parentOf(path));
    } catch (error) {
      // Above a directory that this process may not read, it has not made any either.
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EACCES" || code === "EPERM") return;
      throw error;
    }
  }
}
