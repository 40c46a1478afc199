import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CommandFailure } from "../failures.ts";
import { serverFlags } from "../server-flags.ts";

const COMMAND = fileURLToPath(new URL("../../bin/oxbow.js", import.meta.url));
/** A server that a killed demo left behind may take this long to end and free the directory. */
const LOCK_WAIT_MS = 10_000;
const LOCK_RETRY_MS = 250;
const RESTARTS_MAX = 20;
/** How long the server may take to stop in good order. */
const STOP_MS_MAX = 10_000;

/**
 * A server of the demo's own: a child process that ends with the demo, however that ends, and that is started again
 * on the same port and data when it dies by itself or is killed.
 */
export class OwnServer {
  readonly #data: string;
  readonly #onRestart: () => void;
  readonly #failure: PromiseWithResolvers<never> = Promise.withResolvers<never>();
  #child: ChildProcess | undefined;
  #port = 0;
  #restarts = 0;
  #isStopping = false;

  private constructor(data: string, onRestart: () => void) {
    this.#data = data;
    this.#onRestart = onRestart;
    // Whoever waits for it sees it; without anybody waiting it must not end the process.
    this.#failure.promise.catch(() => {});
  }

  /** Starts a server on `data`; `onRestart` is told when it had to be started again. */
  static async start(data: string, onRestart: () => void): Promise<OwnServer> {
    const server = new OwnServer(data, onRestart);
    await server.#startWhenUnlocked();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** Rejects when the server cannot be started again. */
  get failed(): Promise<never> {
    return this.#failure.promise;
  }

  /** Kills the process as a crash would; it comes back by itself. */
  crash(): void {
    this.#child?.kill("SIGKILL");
  }

  /** Stops the server in good order. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGTERM");
    const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
    await exited;
    clearTimeout(kill);
  }

  async #startWhenUnlocked(): Promise<void> {
    const deadlineMs = performance.now() + LOCK_WAIT_MS;
    for (;;) {
      try {
        await this.#spawn();
        return;
      } catch (error) {
        const isLocked = error instanceof Error && error.message.includes("is in use by");
        if (!isLocked || performance.now() > deadlineMs) throw error;
        await delay(LOCK_RETRY_MS);
      }
    }
  }

  /** Resolves when the server is ready; rejects with its complaint when it ends before that. */
  #spawn(): Promise<void> {
    const options = ["--port", String(this.#port), "--data", this.#data, "--log", "warn"];
    const child = fork(COMMAND, ["start", "--json", ...options], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      execArgv: [...serverFlags],
      // Nothing that configures the user's own server may reach this one.
      env: { ...withoutOxbowVariables(process.env) },
    });
    this.#child = child;
    return new Promise((resolve, reject) => {
      let isReady = false;
      let complaint = "";
      createInterface({ input: child.stdout ?? process.stdin }).on("line", (line) => {
        const event = JSON.parse(line) as { event: string; port: number };
        if (event.event !== "ready") return;
        isReady = true;
        this.#port = event.port;
        resolve();
      });
      child.stderr?.on("data", (chunk: Buffer) => {
        if (isReady) process.stderr.write(chunk);
        else complaint += chunk.toString();
      });
      child.once("exit", (code, signal) => {
        const how = signal ?? `status ${code}`;
        const text = complaint.trim().replace(/^oxbow: /, "") || `the server ended with ${how}`;
        if (isReady) this.#onExit(text);
        else reject(new CommandFailure(text));
      });
    });
  }

  #onExit(text: string): void {
    if (this.#isStopping) return;
    this.#restarts += 1;
    if (this.#restarts > RESTARTS_MAX) {
      const message = `the demo's server died ${this.#restarts} times, the last time: ${text}`;
      this.#failure.reject(new CommandFailure(message));
      return;
    }
    this.#startWhenUnlocked().then(this.#onRestart, this.#failure.reject);
  }
}

function withoutOxbowVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith("OXBOW_"));
  return Object.fromEntries(kept);
}
