import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../../../packages/cli/bin/oxbow.js", import.meta.url));

/** How long a command may run before a test gives up on it; the demo takes the longest. */
const PATIENCE_MS = 180_000;

/** How a run of the command ended. */
export interface CommandResult {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run may be given. */
export interface CommandOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Where nobody's contexts are. */
const noConfiguration = "/nowhere/at/all";

/** Runs `oxbow` with `args` to its end. No `OXBOW_…` variable and no context of the machine reaches it. */
export async function oxbow(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawnOxbow(args, options);
  const exit = once(child, "exit");
  // It may end without having read what it was given.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin ?? "");
  const [stdout, stderr] = await Promise.all([readText(child.stdout), readText(child.stderr)]);
  const [status, signal] = (await exit) as [number | null, NodeJS.Signals | null];
  return { status, signal, stdout, stderr };
}

/** An `oxbow` that goes on until it is told to stop. */
export class RunningCommand implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  readonly #exit: Promise<unknown[]>;
  #stderr = "";

  constructor(args: readonly string[], options: CommandOptions = {}) {
    this.#child = spawnOxbow(args, options);
    // With all of its output read, unlike at "exit".
    this.#exit = once(this.#child, "close");
    this.#child.stderr.on("data", (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The next line of stdout; rejects when there will be none. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`oxbow ended: ${this.#stderr}`);
    return value;
  }

  /** The next line, which is JSON. */
  async event<T>(): Promise<T> {
    return JSON.parse(await this.line()) as T;
  }

  /** Resolves once stderr holds what `pattern` looks for; rejects when the command ends before. */
  async complains(pattern: RegExp): Promise<void> {
    let hasEnded = false;
    const ended = this.#exit.then(() => {
      hasEnded = true;
    });
    while (!pattern.test(this.#stderr)) {
      if (hasEnded) throw new Error(`oxbow ended: ${this.#stderr}`);
      await Promise.race([once(this.#child.stderr, "data"), ended]);
    }
  }

  /** Sends `signal` and waits for the end. */
  async stop(signal: NodeJS.Signals): Promise<{ status: unknown; stderr: string }> {
    this.#child.kill(signal);
    return this.ended();
  }

  async ended(): Promise<{ status: unknown; stderr: string }> {
    const [status] = await this.#exit;
    return { status, stderr: this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exit;
  }
}

function spawnOxbow(
  args: readonly string[],
  { env, cwd }: CommandOptions,
): ChildProcessByStdio<Writable, Readable, Readable> {
  const machine = Object.entries(process.env).filter(([name]) => !name.startsWith("OXBOW_"));
  return spawn(process.execPath, [COMMAND, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...Object.fromEntries(machine), XDG_CONFIG_HOME: noConfiguration, ...env },
    timeout: PATIENCE_MS,
    killSignal: "SIGKILL",
    ...(cwd === undefined ? {} : { cwd }),
  });
}
