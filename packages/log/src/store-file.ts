import { crc32c, type Disk, type Host, type Random } from "@oxbow/base";
import { blockOf } from "./block.ts";
import { parentOf, readRange, readWholeFile, replaceFile } from "./disk-files.ts";
import { ENVELOPE_SIZE, type EncryptionOptions, StoreKeys } from "./encryption/store-keys.ts";
import { logError } from "./errors.ts";
import {
  decodeJournalHeader,
  FRAME_ALIGNMENT,
  numberOfFileName,
} from "./journal/journal-format.ts";

/** The version of the whole layout of a data directory; raised when an older Oxbow could misread it. */
const FORMAT = 1;
/** The version of a directory that is encrypted, or about to be. */
const FORMAT_ENCRYPTED = 2;
const NAME = "store.json";

/** Who a store is. */
export interface StoreIdentity {
  /** 16 random bytes that every file of the store repeats. */
  readonly id: Buffer;
  /** Unlocks the files of an encrypted store. */
  readonly keys: StoreKeys | undefined;
  /** Whether the store was not encrypted when it was last open. */
  readonly isNewlyEncrypted: boolean;
  /** What is wrong with `store.json`, if anything. */
  readonly damage: { readonly file: string; readonly reason: string } | undefined;
}

/**
 * Reads the store's identity from `store.json`, or makes it. The id is in the header of every other file, so that a
 * file of another store is never taken for one of its own, and that it can be found there if `store.json` is damaged; and
 * so can the envelope of an encrypted store.
 *
 * @throws `STORE_KEY` if the store is encrypted and the key is missing or another one.
 */
export async function openStoreFile(
  directory: string,
  host: Host,
  encryption?: EncryptionOptions,
): Promise<StoreIdentity> {
  const { disk, random } = host;
  const names = await disk.list("STORE:LIST", directory);
  const found = await readStoreFile(directory, disk, names);
  const id = found?.id ?? Buffer.alloc(16);
  if (found === undefined) {
    random.fill(id);
    await syncParents(directory, disk);
  }
  const envelope = found?.envelope;
  const keys = openKeys(directory, envelope, encryption, random);
  const isChanged = keys !== undefined && !keys.envelope.equals(envelope ?? Buffer.alloc(0));
  if (found === undefined || isChanged) await writeStoreFile(directory, disk, id, keys?.envelope);
  const isNewlyEncrypted = found !== undefined && envelope === undefined && keys !== undefined;
  return { id, keys, isNewlyEncrypted, damage: found?.damage };
}

/** What `store.json` says, or else the journal files; `undefined` if the directory is new. */
interface FoundIdentity {
  readonly id: Buffer;
  readonly envelope: Buffer | undefined;
  readonly damage: StoreIdentity["damage"];
}

async function readStoreFile(
  directory: string,
  disk: Disk,
  names: readonly string[],
): Promise<FoundIdentity | undefined> {
  if (names.includes(NAME)) {
    const { bytes } = await readWholeFile(disk, "STORE", `${directory}/${NAME}`);
    const { format, id, envelope } = parseStoreFile(bytes.toString("utf8"));
    if (id === undefined) return findIdentity(directory, disk, "can't be read");
    const isKnown = format === FORMAT || (format === FORMAT_ENCRYPTED && envelope !== undefined);
    if (!isKnown) throw formatError(directory, format);
    return { id, envelope, damage: undefined };
  }
  return names.includes("journal") ? findIdentity(directory, disk, "is missing") : undefined;
}

function openKeys(
  directory: string,
  envelope: Buffer | undefined,
  encryption: EncryptionOptions | undefined,
  random: Random,
): StoreKeys | undefined {
  if (encryption === undefined) {
    if (envelope === undefined) return undefined;
    throw logError("STORE_KEY", `${directory} is encrypted: give the key it was encrypted with`);
  }
  return envelope === undefined
    ? StoreKeys.create(encryption, random)
    : StoreKeys.open(envelope, encryption, random);
}

async function writeStoreFile(
  directory: string,
  disk: Disk,
  id: Buffer,
  envelope: Buffer | undefined,
): Promise<void> {
  const format = envelope === undefined ? FORMAT : FORMAT_ENCRYPTED;
  const content = JSON.stringify({
    format,
    id: id.toString("hex"),
    ...(envelope !== undefined && { envelope: envelope.toString("hex") }),
    crc: checksum(format, id, envelope),
  });
  await replaceFile(disk, "STORE", directory, NAME, Buffer.from(`${content}\n`));
}

/** The error of a file that a newer version wrote. */
export function formatError(path: string, format: unknown): Error {
  return logError(
    "STORE_FORMAT",
    `${path} was written in format ${String(format)}, this Oxbow reads ${FORMAT}: use the version that wrote it, or a newer one`,
  );
}

/** The identity as the journal files have it. */
async function findIdentity(directory: string, disk: Disk, what: string): Promise<FoundIdentity> {
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
        const envelope = header.envelope === undefined ? undefined : Buffer.from(header.envelope);
        return { id: Buffer.from(header.storeId), envelope, damage: { file, reason } };
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

function parseStoreFile(text: string): {
  format: unknown;
  id: Buffer | undefined;
  envelope: Buffer | undefined;
} {
  try {
    const fields = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const { format } = fields;
    const id = hexOf(fields["id"], 16);
    const envelope = hexOf(fields["envelope"], ENVELOPE_SIZE);
    const isIntact = id !== undefined && fields["crc"] === checksum(format, id, envelope);
    return { format, id: isIntact ? id : undefined, envelope };
  } catch {
    return { format: undefined, id: undefined, envelope: undefined };
  }
}

function hexOf(value: unknown, size: number): Buffer | undefined {
  if (typeof value !== "string" || !/^[0-9a-f]*$/.test(value)) return undefined;
  return value.length === size * 2 ? Buffer.from(value, "hex") : undefined;
}

/** CRC-32C over the format, the id and the envelope, if there is one, as text with spaces between. */
function checksum(format: unknown, id: Buffer, envelope: Buffer | undefined): number {
  const parts = [String(format), id.toString("hex")];
  if (envelope !== undefined) parts.push(envelope.toString("hex"));
  const bytes = Buffer.from(parts.join(" "));
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
