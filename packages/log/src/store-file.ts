import type { Host } from "@oxbow/base";
import { logError } from "./errors.ts";
import { call } from "./file-storage.ts";

/** The version of the whole layout of a data directory; raised when an older Oxbow could misread it. */
const FORMAT = 1;
const NAME = "store.json";

/**
 * Reads the store's identity from `store.json`, or makes it: 16 random bytes that every file of the store repeats, so
 * that a file of another store is never taken for one of its own.
 */
export async function openStoreFile(directory: string, host: Host): Promise<Buffer> {
  const { disk } = host;
  const names = await disk.list("STORE:LIST", directory);
  if (names.includes(NAME)) return readStoreFile(directory, host);
  const foreign = names.filter((name) => name !== "lock" && !name.startsWith(`${NAME}.`));
  if (foreign.some((name) => name === "journal" || name === "logs")) {
    throw logError(
      "STORE_CORRUPT",
      `${directory} has no ${NAME}, but files of a store: restore ${NAME} from a backup, or move the directory away`,
    );
  }
  const id = Buffer.alloc(16);
  host.random.fill(id);
  const text = Buffer.from(`${JSON.stringify({ format: FORMAT, id: id.toString("hex") })}\n`);
  const temporary = `${directory}/${NAME}.new`;
  await disk.remove("STORE:LEFTOVER", temporary);
  const file = await disk.open("STORE:CREATE", temporary, "create");
  await call((done) => file.commit("STORE:WRITE", [text], 0, done));
  await file.close();
  await disk.rename("STORE:NAME", temporary, `${directory}/${NAME}`);
  await disk.syncDirectory("STORE:SYNC", directory);
  return id;
}

async function readStoreFile(directory: string, host: Host): Promise<Buffer> {
  const path = `${directory}/${NAME}`;
  const file = await host.disk.open("STORE:OPEN", path, "read");
  const bytes = Buffer.alloc(await file.size("STORE:SIZE"));
  await call((done) => file.read("STORE:READ", bytes, 0, done));
  await file.close();
  const { format, id } = parseStoreFile(bytes.toString("utf8"));
  if (id === undefined) {
    throw logError("STORE_CORRUPT", `${path} can't be read: restore it from a backup`);
  }
  if (format !== FORMAT) {
    throw logError(
      "STORE_FORMAT",
      `${directory} was written in format ${String(format)}, this Oxbow reads ${FORMAT}: use the version that wrote it, or a newer one`,
    );
  }
  return id;
}

function parseStoreFile(text: string): { format: unknown; id: Buffer | undefined } {
  try {
    const { format, id } = JSON.parse(text) as { format?: unknown; id?: unknown };
    const isId = typeof id === "string" && /^[0-9a-f]{32}$/.test(id);
    return { format, id: isId ? Buffer.from(id, "hex") : undefined };
  } catch {
    return { format: undefined, id: undefined };
  }
}
