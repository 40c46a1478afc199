import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { nearestWord } from "@oxbow/server/units";
import { CommandFailure } from "../failures.ts";
import { type Context, contextName, hasSecret, readContext } from "./context.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const suffix = ".json";
/** Read and written by its owner only. */
const fileMode = 0o600;
const directoryMode = 0o700;

/** Where programs keep what they are told once (XDG Base Directory). A relative path there says nothing. */
export function configDirectory(environment: Environment, program: string): string {
  const given = environment["XDG_CONFIG_HOME"] ?? "";
  const base = isAbsolute(given) ? given : join(environment["HOME"] ?? homedir(), ".config");
  return join(base, program);
}

/**
 * Contexts, each a file that only its owner can read, and which of them is used where none is named:
 * `oxbow/contexts/<name>.json` and `oxbow/context.txt` in the directory for configurations.
 */
export class ContextStore {
  readonly #directory: string;
  readonly #currentFile: string;

  constructor(environment: Environment = process.env) {
    const directory = configDirectory(environment, "oxbow");
    this.#directory = join(directory, "contexts");
    this.#currentFile = join(directory, "context.txt");
  }

  pathOf(name: string): string {
    return join(this.#directory, `${contextName(name)}${suffix}`);
  }

  /** By name. */
  names(): string[] {
    const files = ifThere(() => readdirSync(this.#directory)) ?? [];
    return files
      .filter((file) => file.endsWith(suffix) && !file.startsWith("."))
      .map((file) => file.slice(0, -suffix.length))
      .sort();
  }

  /** The one that is used where none is named; `undefined` if there is none. */
  current(): string | undefined {
    const name = ifThere(() => readFileSync(this.#currentFile, "utf8"))?.trim();
    return name === "" ? undefined : name;
  }

  has(name: string): boolean {
    return this.names().includes(name);
  }

  /** @throws CommandFailure for one that there is not, that can't be read, or whose secrets others can read */
  read(name: string): Context {
    const path = this.pathOf(name);
    const file = ifThere(() => openSync(path, "r"));
    if (file === undefined) throw this.#missing(name);
    try {
      const context = readContext(readFileSync(file, "utf8"), path);
      if ((fstatSync(file).mode & 0o077) !== 0 && hasSecret(context)) {
        throw new CommandFailure(`${path} has a secret, and others can read it: chmod 600 ${path}`);
      }
      return context;
    } finally {
      closeSync(file);
    }
  }

  /** Writes it whole or not at all. */
  write(name: string, context: Context): void {
    const path = this.pathOf(name);
    mkdirSync(this.#directory, { recursive: true, mode: directoryMode });
    replaceFile(path, `${JSON.stringify(context, null, 2)}\n`);
  }

  /** @throws CommandFailure for one that there is not */
  use(name: string): void {
    if (!this.has(name)) throw this.#missing(name);
    replaceFile(this.#currentFile, `${name}\n`);
  }

  /** Where none is named, none is used any more. */
  useNone(): void {
    rmSync(this.#currentFile, { force: true });
  }

  /** @returns Whether it was there. */
  remove(name: string): boolean {
    const wasThere = this.has(name);
    rmSync(this.pathOf(name), { force: true });
    if (this.current() === name) this.useNone();
    return wasThere;
  }

  #missing(name: string): CommandFailure {
    const nearest = nearestWord(name, this.names());
    const hint =
      nearest === undefined
        ? `add it with "oxbow context add ${name} --server nats://HOST:PORT"`
        : `did you mean ${nearest}?`;
    return new CommandFailure(`there is no context ${name}: ${hint}`);
  }
}

function replaceFile(path: string, text: string): void {
  const draft = `${path}.${process.pid}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, text, { mode: fileMode, flag: "wx" });
  renameSync(draft, path);
}

/** What a file gives, or `undefined` if there is none. */
function ifThere<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CommandFailure(`${(error as Error).message}: look at who may read it`, {
      cause: error,
    });
  }
}
