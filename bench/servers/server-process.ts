import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Admin } from "../load/admin.ts";

const READY_TIMEOUT_MS = 60_000;
/** How long one question whether the server is ready may take. */
const ANSWER_TIMEOUT_MS = 5000;
const STOP_TIMEOUT_MS = 60_000;
const POLL_MS = 2;

/** Lines kept of what the server last wrote, for the error message when it fails. */
const OUTPUT_LINES_MAX = 20;

/** Servers that run now, so that an interrupted benchmark can leave none behind. */
const running = new Set<ChildProcess>();

/** Kills every server at once. */
export function killAllServers(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** A child process with its output, that can be waited for and stopped. */
export class ServerProcess {
  readonly child: ChildProcess;
  readonly startedAtMs: number = performance.now();
  readonly crashed: Promise<Error>;
  readonly #exited: Promise<unknown>;
  readonly #lines: string[] = [];
  #onLine: ((line: string) => void) | undefined;
  #isStopping = false;

  /** @param onLine - Called for each line the server writes to its standard output. */
  constructor(
    command: readonly string[],
    cpu: number | undefined,
    onLine?: (line: string) => void,
  ) {
    const full = cpu === undefined ? command : ["taskset", "-c", String(cpu), ...command];
    this.#onLine = onLine;
    this.child = spawn(full[0] as string, full.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
    running.add(this.child);
    this.#exited = once(this.child, "exit").finally(() => running.delete(this.child));
    this.crashed = this.#exited.then(
      () => this.#unexpectedEnd(),
      (error: Error) => error,
    );
    this.#collect(this.child.stdout, true);
    this.#collect(this.child.stderr, false);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /**
   * Waits until JetStream answers on the port that `findPort` resolves to.
   *
   * @returns Milliseconds since the process was started, and the port.
   */
  async ready(findPort: Promise<number>): Promise<{ port: number; readyMs: number }> {
    // A server that is alive but never says that it is ready is ended, which rejects below.
    const timer = setTimeout(() => this.child.kill("SIGKILL"), READY_TIMEOUT_MS);
    const port = await Promise.race([findPort, this.#rejectOnEnd()]).finally(() =>
      clearTimeout(timer),
    );
    while (!(await answers(port))) {
      if (performance.now() - this.startedAtMs > READY_TIMEOUT_MS) {
        await this.stop(this.pid);
        throw new Error(`server not ready after ${READY_TIMEOUT_MS} ms\n${this.#lines.join("\n")}`);
      }
      await Promise.race([sleep(POLL_MS), this.#rejectOnEnd()]);
    }
    return { port, readyMs: performance.now() - this.startedAtMs };
  }

  /** Sends SIGTERM to `pid`, which is this process or the one it traces, and waits for the end. */
  async stop(pid: number): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.#isStopping = true;
    process.kill(pid, "SIGTERM");
    const timer = setTimeout(() => process.kill(pid, "SIGKILL"), STOP_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  async #rejectOnEnd(): Promise<never> {
    throw await this.crashed;
  }

  #unexpectedEnd(): Error {
    const status = this.child.exitCode ?? this.child.signalCode;
    const reason = this.#isStopping ? "server was stopped" : `server ended with ${status}`;
    return new Error([reason, ...this.#lines].join("\n"));
  }

  #collect(stream: NodeJS.ReadableStream | null, isOutput: boolean): void {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() as string;
      for (const line of lines) {
        this.#lines.push(line);
        if (this.#lines.length > OUTPUT_LINES_MAX) this.#lines.shift();
        if (isOutput) this.#onLine?.(line);
      }
    });
  }
}

/** Whether a client can connect and JetStream answers. */
async function answers(port: number): Promise<boolean> {
  let admin: Admin | undefined;
  try {
    admin = await Admin.open(port);
    await admin.request("$JS.API.INFO", undefined, ANSWER_TIMEOUT_MS);
    return true;
  } catch {
    return false; // Refused or not yet enabled; the caller asks again until its deadline.
  } finally {
    admin?.close();
  }
}
