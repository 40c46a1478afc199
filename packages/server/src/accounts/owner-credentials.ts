import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorFactory, type OxbowError } from "@oxbow/base";
import {
  consoleCredentialsFile,
  credentialsFile,
  hasOwnCredentials,
} from "../config/credentials-file.ts";
import type { ServerConfig } from "../config/index.ts";

/** What the owner of a server says to come in. */
export interface OwnerCredentials {
  readonly user: string;
  /** A hash of it, as an engine takes it, once the owner has chosen another one than was made. */
  readonly password: string;
  /** Where they are kept, for nobody else to read; `undefined` with `--memory`: nowhere. */
  readonly file: string | undefined;
  /** Whether they were made just now: then they are shown, this once. */
  readonly isNew: boolean;
}

const makeError: (code: "CREDENTIALS_UNUSABLE", message: string) => OxbowError = errorFactory({
  CREDENTIALS_UNUSABLE: { kind: "permission-denied", retryable: false },
});
const ownerName = "owner";
const othersBits = 0o077;

/**
 * The credentials of a server that was told to ask for some, and given none: those it has made before, or new ones.
 *
 * @returns `undefined` if it needs none.
 * @throws OxbowError `CREDENTIALS_UNUSABLE` for a file that can't be read, or that others can; the error of the system for
 * one that can't be written
 */
export async function ownerCredentials(
  config: ServerConfig,
): Promise<OwnerCredentials | undefined> {
  const isGiven =
    config.token !== undefined || config.user !== undefined || config.users.length > 0;
  if (isGiven || !hasOwnCredentials(config)) return undefined;
  return keptOrNew(config, credentialsFile(config));
}

/**
 * The credentials with which the owner of a server that asks nobody who he is logs in with a browser: any page in it can
 * reach the server, and is not to do what it likes there. Those made before, or new ones.
 *
 * @throws as {@link ownerCredentials} does
 */
export function consoleCredentials(config: ServerConfig): Promise<OwnerCredentials> {
  return keptOrNew(config, consoleCredentialsFile(config));
}

async function keptOrNew({ memory }: ServerConfig, file: string): Promise<OwnerCredentials> {
  const made = { user: ownerName, password: randomBytes(24).toString("base64url") };
  if (memory) return { ...made, file: undefined, isNew: true };
  const isNew = await writeNew(file, textOf(made));
  return isNew ? { ...made, file, isNew } : { ...(await read(file)), file, isNew };
}

/**
 * Has a file hold other credentials.
 *
 * @throws The error of the system: then it holds those of before
 */
export async function rewriteCredentials(
  file: string,
  credentials: Pick<OwnerCredentials, "user" | "password">,
): Promise<void> {
  const draft = await writeDraft(file, textOf(credentials));
  await rename(draft, file);
  await syncDirectory(dirname(file));
}

function textOf(credentials: Pick<OwnerCredentials, "user" | "password">): string {
  return `${JSON.stringify(credentials, undefined, 2)}\n`;
}

/** Writes a file whole and durable, or not at all, unless it is there. Returns whether it was not. */
async function writeNew(file: string, text: string): Promise<boolean> {
  const directory = dirname(file);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const draft = await writeDraft(file, text);
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  await syncDirectory(directory);
  return true;
}

/** Writes a file beside another one, for nobody else to read. Returns its path. */
async function writeDraft(file: string, text: string): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return draft;
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function read(file: string): Promise<{ readonly user: string; readonly password: string }> {
  const { mode } = await stat(file);
  if (process.platform !== "win32" && (mode & othersBits) !== 0) {
    const message = `${file} can be read by other users of the machine: write chmod 600 ${file}, or delete it to get new credentials`;
    throw makeError("CREDENTIALS_UNUSABLE", message);
  }
  const found = parsed(await readFile(file, "utf8"));
  if (found !== undefined) return found;
  const message = `${file} holds no user and password: delete it to get new credentials`;
  throw makeError("CREDENTIALS_UNUSABLE", message);
}

function parsed(text: string): { readonly user: string; readonly password: string } | undefined {
  try {
    const { user, password } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const isWhole = typeof user === "string" && typeof password === "string";
    return isWhole && user !== "" && password !== "" ? { user, password } : undefined;
  } catch {
    return undefined;
  }
}
