import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { configText, type ServerOptions } from "./server-options.ts";
import type { ServerProgram } from "./server-program.ts";

/** Time a server has to say that it is ready, or to exit when told to, before a test gives up on it. */
const PATIENCE_MS = 30_000;

/** Output kept for error messages. */
const OUTPUT_LENGTH_MAX = 64 * 1024;

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** How a server process ended. */
export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A server in a child process, with a temporary directory of its own, on the loopback interface. It keeps its port and
 * its data over {@link TestServer.restart}; {@link TestServer.close} ends the process and removes the directory.
 */
export class TestServer implements AsyncDisposable {
  readonly #program: ServerProgram;
  readonly #directory: string;
  readonly #onParentExit = (): void => {
    this.#child?.kill("SIGKILL");
  };
  #child: Child | undefined;
  #exited: Promise<ServerExit> | undefined;
  #output = "";
  #port = 0;

  private constructor(program: ServerProgram, directory: string) {
    this.#program = program;
    this.#directory = directory;
  }

  /** Starts a server and resolves once it accepts connections. Rejects, leaving nothing behind, if it does not. */
  static async start(program: ServerProgram, options: ServerOptions = {}): Promise<TestServer> {
    const directory = await mkdtemp(join(tmpdir(), `oxbow-test-${program.name}-`));
    const server = new TestServer(program, directory);
    try {
      await writeFile(server.#configPath, configText(options, server.dataDirectory));
      await server.#launch();
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** Where the server keeps streams and consumers. */
  get dataDirectory(): string {
    return join(this.#directory, "data");
  }

  /** What the process has printed, for messages about failures. */
  get output(): string {
    return this.#output;
  }

  /** Sends `signal` and resolves once the process has gone; at once if none is running. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<ServerExit | undefined> {
    if (this.#child === undefined || this.#exited === undefined) return undefined;
    this.#child.kill(signal);
    const exit = await withPatience(this.#exited, () => `${this.#program.name} did not exit`);
    this.#child = undefined;
    process.off("exit", this.#onParentExit);
    return exit;
  }

  /** Ends the process without letting it tidy up. */
  kill(): Promise<ServerExit | undefined> {
    return this.stop("SIGKILL");
  }

  /** The process that runs now; `undefined` if none does. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Stops the process with `signal` and starts it again on the same port and data. */
  async restart(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    await this.stop(signal);
    await this.#launch();
  }

  /** Ends the process and removes its files. May be called twice. */
  async close(): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #configPath(): string {
    return join(this.#directory, "server.conf");
  }

  async #launch(): Promise<void> {
    const [command, ...args] = this.#program.command({
      configPath: this.#configPath,
      dataDirectory: this.dataDirectory,
      port: this.#port,
    });
    this.#output = "";
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    this.#exited = once(child, "exit").then(([code, signal]) => ({ code, signal }) as ServerExit);
    process.on("exit", this.#onParentExit);
    this.#port = await withPatience(this.#ready(child), () => `not ready:\n${this.#output}`);
  }

  /** Resolves with the port as soon as the output says so; rejects if the process ends before. */
  #ready(child: Child): Promise<number> {
    return new Promise((resolve, reject) => {
      const keep = (chunk: Buffer): void => {
        this.#output = (this.#output + chunk.toString()).slice(-OUTPUT_LENGTH_MAX);
      };
      let announced = "";
      const watch = (chunk: Buffer): void => {
        announced += chunk.toString();
        const port = this.#program.readyPort(announced);
        if (port === undefined) return;
        child[this.#program.readyStream].off("data", watch);
        resolve(port);
      };
      child.stdout.on("data", keep);
      child.stderr.on("data", keep);
      child[this.#program.readyStream].on("data", watch);
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        const how = signal ?? `status ${code}`;
        reject(new Error(`${this.#program.name} ended with ${how}:\n${this.#output}`));
      });
    });
  }
}

async function withPatience<Value>(
  promise: Promise<Value>,
  complaint: () => string,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(complaint())), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
