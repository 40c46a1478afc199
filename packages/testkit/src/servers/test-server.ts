import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { readPortsFile, type ServerUrls } from "./ports-file.ts";
import { configText, type ServerOptions } from "./server-options.ts";
import { ServerOutput } from "./server-output.ts";
import type { ServerProgram } from "./server-program.ts";

export type { ServerUrls };

/** Time a server has to say that it is ready, or to exit when told to, before a test gives up on it. */
const PATIENCE_MS = 30_000;

type Child = ChildProcessByStdio<null, null, Readable>;

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
  readonly #onParentExit = (): void => {
    this.#child?.kill("SIGKILL");
  };
  /** Where its files are, the configuration among them. */
  readonly directory: string;
  #options: ServerOptions;
  #child: Child | undefined;
  #exited: Promise<ServerExit> | undefined;
  #stderr: ServerOutput | undefined;
  #port = 0;

  private constructor(program: ServerProgram, directory: string, options: ServerOptions) {
    this.#program = program;
    this.directory = directory;
    this.#options = options;
  }

  /** Starts a server and resolves once it accepts connections. Rejects, leaving nothing behind, if it does not. */
  static async start(program: ServerProgram, options: ServerOptions = {}): Promise<TestServer> {
    const directory = await mkdtemp(join(tmpdir(), `oxbow-test-${program.name}-`));
    const server = new TestServer(program, directory, options);
    try {
      await server.#writeConfig();
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
    return join(this.directory, "data");
  }

  /** What the process has logged since it was started, for messages about failures. */
  get output(): string {
    return this.#stderr?.text ?? "";
  }

  /** What the process has logged since it was started, line by line. */
  get lines(): readonly string[] {
    return this.#stderr?.lines ?? [];
  }

  /** The first line of the log, from the one with index `from` on, that `pattern` matches, as soon as it is there. */
  line(pattern: RegExp, from = 0): Promise<string> {
    if (this.#stderr === undefined) return Promise.reject(new Error("the server never ran"));
    return withPatience(this.#stderr.line(pattern, from), () => {
      return `no line matches ${pattern}:\n${this.output}`;
    });
  }

  /** URLs of all doors that are open: of WebSocket, of monitoring. */
  async urls(): Promise<ServerUrls> {
    if (this.pid === undefined) throw new Error("the server does not run");
    return await withPatience(readPortsFile(this.directory, this.pid), () => "no ports file");
  }

  /**
   * Replaces the part of the configuration that {@link ServerOptions.config} gave, tells the server to read it again, and
   * resolves with the line of the log that says how it went.
   */
  async reload(config: NonNullable<ServerOptions["config"]>): Promise<string> {
    this.#options = { ...this.#options, config };
    await this.#writeConfig();
    const from = this.lines.length;
    this.signal("SIGHUP");
    return await this.line(/Reloaded server configuration|\[ERR\].*[Rr]eload/, from);
  }

  /** Sends `signal` and returns at once. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Resolves once the process has ended, for whatever reason; at once if none is running. */
  async exited(): Promise<ServerExit | undefined> {
    if (this.#child === undefined || this.#exited === undefined) return undefined;
    const exit = await withPatience(this.#exited, () => `${this.#program.name} did not exit`);
    this.#child = undefined;
    process.off("exit", this.#onParentExit);
    return exit;
  }

  /** Sends `signal` and resolves once the process has gone; at once if none is running. */
  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<ServerExit | undefined> {
    this.signal(signal);
    return this.exited();
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
    await rm(this.directory, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #configPath(): string {
    return join(this.directory, "server.conf");
  }

  async #writeConfig(): Promise<void> {
    await writeFile(this.#configPath, configText(this.#options, this));
  }

  async #launch(): Promise<void> {
    const [executable, ...first] = this.#program.command;
    const port = String(this.#port === 0 ? -1 : this.#port);
    const args = [...first, "--config", this.#configPath, "--port", port];
    const child = spawn(executable, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    this.#exited = once(child, "exit").then(([code, signal]) => ({ code, signal }) as ServerExit);
    process.on("exit", this.#onParentExit);
    this.#stderr = new ServerOutput(child.stderr);
    this.#port = await this.#ready(this.#stderr);
  }

  /** Resolves with the port as soon as the log says that the server is ready; rejects if the process ends before. */
  async #ready(stderr: ServerOutput): Promise<number> {
    const ready = stderr.line(/Server is ready/);
    await withPatience(ready, () => `not ready:\n${stderr.text}`);
    const listening = /Listening for client connections on \S+:(\d+)/.exec(stderr.text);
    return Number(listening?.[1]);
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
