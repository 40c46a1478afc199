import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withDeadline } from "../../interop/support/deadline.ts";
import { PlantedLoss } from "../planted-loss.ts";
import type { CommitOrder, ServerNews } from "./server-process.ts";

/** A whole Oxbow in a process that dies between two commits when it is told to, and is started again on its data. */
export class KilledServer implements AsyncDisposable {
  readonly #directory: string;
  #child: ChildProcess | undefined = undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #stderr = "";
  #url = "";

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async start(): Promise<KilledServer> {
    const server = new KilledServer(await mkdtemp(join(tmpdir(), "oxbow-killed-")));
    await server.start();
    return server;
  }

  get #data(): string {
    return join(this.#directory, "data");
  }

  get url(): string {
    return this.#url;
  }

  /** Has it die after so many commits, 0 for before the first one; `null` for never. @returns Commits since the last time. */
  async dieAfter(commits: number | null): Promise<number> {
    if (this.#child === undefined) throw new Error("the server does not run");
    const news = this.#news(this.#child);
    this.#child.send({ dieAfter: commits } satisfies CommitOrder);
    const told = await news;
    return "commits" in told ? told.commits : 0;
  }

  /** Remembers what is on disk, to have the disk forget what comes after. */
  async remember(): Promise<PlantedLoss> {
    const { pid } = this.#child ?? {};
    if (pid === undefined) throw new Error("the server does not run");
    const loss = new PlantedLoss(this.#data, join(this.#directory, "remembered"));
    await loss.remember(pid);
    return loss;
  }

  /** Resolves once it has died. */
  get died(): Promise<unknown> {
    return this.#exited;
  }

  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#exited;
  }

  /** Starts it on what there is; resolves once it takes connections. */
  async start(): Promise<void> {
    const child = fork(new URL("./server-process.ts", import.meta.url), [this.#data], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child = child;
    this.#exited = once(child, "exit");
    this.#stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-20_000);
    });
    const told = await this.#news(child);
    this.#url = "url" in told ? told.url : "";
  }

  async #news(child: ChildProcess): Promise<ServerNews> {
    const ended = this.#exited.then(() => Promise.reject(new Error(`it ended: ${this.#stderr}`)));
    ended.catch(() => undefined);
    const told = once(child, "message") as Promise<[ServerNews]>;
    const [news] = await withDeadline(
      Promise.race([told, ended]),
      () => `the server to say something:\n${this.#stderr}`,
    );
    return news;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
