import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CommandFailure } from "../failures.ts";
import { serverFlags } from "../server-flags.ts";

export const commandFile: string = fileURLToPath(new URL("../../bin/oxbow.js", import.meta.url));
/** How long the server may take to stop in good order. */
const STOP_MS_MAX = 10_000;

/** What a server says when it is ready. */
export interface ReadyServer {
  readonly url: string;
  readonly port: number;
  readonly memphisPort?: number;
}

/** A server in a process of its own, which ends with this one, however that ends. */
export class ServerProcess {
  readonly ready: ReadyServer;
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ready: ReadyServer, ended: Promise<string>) {
    this.#child = child;
    this.ready = ready;
    this.ended = ended;
  }

  /**
   * Runs `oxbow start` with options; what it complains about later is on stderr.
   *
   * @throws CommandFailure with its complaint when it ends before it is ready
   */
  static async start(options: readonly string[]): Promise<ServerProcess> {
    const child = fork(commandFile, ["start", "--json", ...options], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      execArgv: [...serverFlags],
      // Nothing that configures the user's own server may reach this one.
      env: withoutOxbowVariables(process.env),
    });
    let isReady = false;
    let complaint = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      if (isReady) process.stderr.write(chunk);
      else complaint += chunk.toString();
    });
    const ended = new Promise<string>((resolve) => {
      child.once("exit", (code, signal) => {
        const how = `the server ended with ${signal ?? `status ${code}`}`;
        resolve(complaint.trim().replace(/^oxbow: /, "") || how);
      });
    });
    const ready = new Promise<ReadyServer>((resolve) => {
      createInterface({ input: child.stdout ?? process.stdin }).on("line", (line) => {
        const event = JSON.parse(line) as ReadyServer & { readonly event: string };
        if (event.event === "ready") resolve(event);
      });
    });
    const first = await Promise.race([ready, ended]);
    if (typeof first === "string") throw new CommandFailure(first);
    isReady = true;
    return new ServerProcess(child, first, ended);
  }

  /** Kills the process as a crash would. */
  crash(): void {
    this.#child.kill("SIGKILL");
  }

  /** Stops the server in good order. */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const kill = setTimeout(() => this.crash(), STOP_MS_MAX);
    await this.ended;
    clearTimeout(kill);
  }
}

export function withoutOxbowVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith("OXBOW_"));
  return Object.fromEntries(kept);
}
