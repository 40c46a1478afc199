import { setTimeout as delay } from "node:timers/promises";
import { CommandFailure } from "../failures.ts";
import { ServerProcess } from "../own-server/server-process.ts";

/** A server that a killed demo left behind may take this long to end and free the directory. */
const LOCK_WAIT_MS = 10_000;
const LOCK_RETRY_MS = 250;
const RESTARTS_MAX = 20;

/**
 * A server of the demo's own: a child process that ends with the demo, however that ends, and that is started again
 * on the same port and data when it dies by itself or is killed.
 */
export class OwnServer {
  readonly #data: string;
  readonly #onRestart: () => void;
  readonly #failure: PromiseWithResolvers<never> = Promise.withResolvers<never>();
  #process: ServerProcess | undefined;
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
    this.#process?.crash();
  }

  /** Stops the server in good order. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#process?.stop();
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

  async #spawn(): Promise<void> {
    const options = ["--port", String(this.#port), "--data", this.#data, "--log", "warn"];
    const server = await ServerProcess.start(options);
    this.#process = server;
    this.#port = server.ready.port;
    void server.ended.then((text) => this.#onExit(text));
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
