import { Worker } from "node:worker_threads";
import type { Logger, PasswordHashes } from "@oxbow/base";
import type { PasswordQuestion } from "./password-worker.ts";

/** Checks that may wait at a time. Each has a client that waits for it. */
const WAITING_MAX = 1024;
/** How long a check may wait: nobody waits longer for the answer. */
const WAIT_MS_MAX = 5_000;
/** How long the thread stays without work. */
const IDLE_MS = 30_000;

interface Check extends PasswordQuestion {
  readonly askedAtMs: number;
  readonly answer: (matches: boolean) => void;
}

/** Checks passwords in a thread of its own, one after the other. The thread comes with the first check. */
export class NodePasswordHashes implements PasswordHashes {
  readonly #logger: Logger;
  readonly #waiting: Check[] = [];
  #current: Check | undefined = undefined;
  #worker: Worker | undefined = undefined;
  #idle: NodeJS.Timeout | undefined = undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  verify(password: string, hash: string): Promise<boolean> {
    if (this.#waiting.length >= WAITING_MAX) return Promise.resolve(false);
    return new Promise((answer) => {
      this.#waiting.push({ password, hash, askedAtMs: performance.now(), answer });
      if (this.#current === undefined) this.#next();
    });
  }

  #next(): void {
    clearTimeout(this.#idle);
    let check = this.#waiting.shift();
    while (check !== undefined && performance.now() - check.askedAtMs > WAIT_MS_MAX) {
      check.answer(false);
      check = this.#waiting.shift();
    }
    this.#current = check;
    if (check === undefined) {
      this.#idle = setTimeout(() => this.#endWorker(), IDLE_MS).unref();
      return;
    }
    this.#worker ??= this.#startWorker();
    // While somebody waits for an answer the thread keeps the process alive, as a socket would.
    this.#worker.ref();
    this.#worker.postMessage({ password: check.password, hash: check.hash });
  }

  #startWorker(): Worker {
    const worker = new Worker(new URL("./password-worker.ts", import.meta.url));
    worker.on("message", (matches: boolean) => this.#finish(matches));
    worker.on("error", (error) => {
      this.#logger.error({ error: String(error) }, "the thread that checks passwords has failed");
      this.#worker = undefined;
      this.#finish(false);
    });
    return worker;
  }

  #finish(matches: boolean): void {
    const check = this.#current;
    this.#worker?.unref();
    this.#next();
    check?.answer(matches);
  }

  #endWorker(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }
}
