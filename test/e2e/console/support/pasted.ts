import assert from "node:assert/strict";
import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../../../", import.meta.url));
const oxbow = join(root, "packages/cli/bin/oxbow.js");

/** A module that somebody has saved and runs, among the packages of this repository, as if they were installed. */
export class PastedModule implements AsyncDisposable {
  readonly #directory: string;
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(directory: string, file: string) {
    this.#directory = directory;
    this.#child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  static async run(code: string): Promise<PastedModule> {
    await mkdir(join(root, "coverage"), { recursive: true });
    const directory = await mkdtemp(join(root, "coverage/pasted-"));
    const file = join(directory, "pasted.ts");
    await writeFile(file, code);
    return new PastedModule(directory, file);
  }

  /** The next line that it writes. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    assert.ok(done !== true, "the pasted code has ended");
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) {
      const end = once(this.#child, "exit");
      this.#child.kill("SIGKILL");
      await end;
    }
    await rm(this.#directory, { recursive: true });
  }
}

/** What lines of a shell write, with this repository's `oxbow` in the place of the one that npx would get. */
export async function pastedShell(lines: string): Promise<string> {
  const script = `npx() { shift; ${process.execPath} ${oxbow} "$@"; }\n${lines}`;
  const env = { ...process.env, XDG_CONFIG_HOME: tmpdir() };
  return (await run("bash", ["-euc", script], { env, timeout: 60_000 })).stdout;
}
