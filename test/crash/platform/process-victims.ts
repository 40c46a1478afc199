import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { NatsConnection } from "@nats-io/nats-core";
import { withDeadline } from "../../interop/support/deadline.ts";
import { ask } from "./ask.ts";
import type { Victim } from "./attempt.ts";

/** Platforms in processes of their own, which are killed with SIGKILL. The next one gets ready while one is at work. */
export class ProcessVictims implements AsyncDisposable {
  #next: ChildProcess | undefined = undefined;

  async open(url: string, requests: NatsConnection): Promise<Victim> {
    const child = this.#next ?? forkPlatform();
    this.#next = forkPlatform();
    const opened = once(child, "message");
    child.send(url);
    await withDeadline(opened, () => "a platform to open");
    return {
      carryOut: (request) => ask(requests, request),
      kill: () => void child.kill("SIGKILL"),
      [Symbol.asyncDispose]: () => end(child),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#next !== undefined) await end(this.#next);
  }
}

function forkPlatform(): ChildProcess {
  return fork(new URL("./platform-process.ts", import.meta.url));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
