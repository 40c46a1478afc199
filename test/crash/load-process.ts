import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { withDeadline } from "../interop/support/deadline.ts";
import type { LoadAnswer, LoadCommand } from "./load/commands.ts";

const program = fileURLToPath(new URL("./load/process.ts", import.meta.url));

/** The process that loads the broker, as the one that kills the broker sees it. */
export class LoadProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<never>;

  /** Starts the process; it waits for commands. */
  constructor(historyPath: string, seed: string) {
    this.#child = fork(program, [historyPath, seed], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#exited = once(this.#child, "exit").then(([code, signal]) => {
      throw new Error(`the load process ended with ${signal ?? `status ${code}`}`);
    });
    // Heard by whoever waits for an answer; with nobody waiting, the end is the one asked for.
    this.#exited.catch(() => undefined);
  }

  /**
   * Has a command carried out, one at a time.
   *
   * @throws Error if the process ends instead, or takes beyond all reason.
   */
  async tell(command: LoadCommand): Promise<void> {
    if (!this.#child.connected) await this.#exited;
    const answered = once(this.#child, "message") as Promise<[LoadAnswer]>;
    this.#child.send(command);
    const answer = Promise.race([answered, this.#exited]);
    await withDeadline(answer, () => `the load process to answer "${command.type}"`);
  }

  /** Ends the process. May be called twice. */
  async close(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#exited.catch(() => undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
