import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type {
  LoadCommand,
  LoadEvent,
  RoleName,
  RoleOptions,
  RoleReport,
  Sample,
} from "./load/protocol.ts";

const MAIN: string = fileURLToPath(new URL("./load/main.ts", import.meta.url));

/** A load process that plays one role, seen from the benchmark. */
export class LoadProcess {
  readonly role: RoleName;
  /** Resolves when the role has nothing left to do. */
  readonly exhausted: Promise<void>;
  /** Rejects when the role fails or its process ends early; never resolves. */
  readonly failed: Promise<never>;
  readonly #child: ChildProcess;
  readonly #ready = Promise.withResolvers<void>();
  readonly #exhausted = Promise.withResolvers<void>();
  readonly #failed = Promise.withResolvers<never>();
  readonly #report = Promise.withResolvers<RoleReport>();
  #marked: ((sample: Sample) => void) | undefined;

  private constructor(role: RoleName, child: ChildProcess) {
    this.role = role;
    this.#child = child;
    this.exhausted = this.#exhausted.promise;
    this.failed = this.#failed.promise;
    this.failed.catch(() => {}); // Whoever waits for anything else races it against this one.
    child.on("message", (event: LoadEvent) => this.#onEvent(event));
    child.on("error", (error) => this.#failed.reject(error));
    child.on("exit", (code) => this.#failed.reject(new Error(`${role} ended early (${code})`)));
  }

  /** Starts the process and waits until it is connected and ready. */
  static async spawn<Name extends RoleName>(
    role: Name,
    options: RoleOptions[Name],
    cpu: number | undefined,
  ): Promise<LoadProcess> {
    const command = [process.execPath, MAIN, role, JSON.stringify(options)];
    if (cpu !== undefined) command.unshift("taskset", "-c", String(cpu));
    const child = spawn(command[0] as string, command.slice(1), {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const load = new LoadProcess(role, child);
    try {
      await Promise.race([load.#ready.promise, load.failed]);
    } catch (error) {
      load.kill();
      throw error;
    }
    return load;
  }

  start(): void {
    this.#send({ type: "start" });
  }

  /** Asks for the counters of this moment, and tells the role that an interval begins or ends. */
  mark(): Promise<Sample> {
    const marked = new Promise<Sample>((resolve) => {
      this.#marked = resolve;
    });
    this.#send({ type: "mark" });
    return Promise.race([marked, this.failed]);
  }

  /** Lets the role drain and verify, and its process end. */
  async finish(): Promise<RoleReport> {
    this.#send({ type: "finish" });
    const report = await Promise.race([this.#report.promise, this.failed]);
    if (this.#child.exitCode === null) await once(this.#child, "exit");
    return report;
  }

  /** Ends the process at once; does nothing if it has ended. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #send(command: LoadCommand): void {
    if (this.#child.connected) this.#child.send(command);
  }

  #onEvent(event: LoadEvent): void {
    switch (event.type) {
      case "ready":
        this.#ready.resolve();
        break;
      case "mark":
        this.#marked?.(event.sample);
        break;
      case "exhausted":
        this.#exhausted.resolve();
        break;
      case "report":
        this.#report.resolve(event.report);
        break;
      case "failed":
        this.#failed.reject(new Error(`${this.role}: ${event.message}`));
        break;
    }
  }
}
