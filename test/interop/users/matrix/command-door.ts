import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { RunningCommand } from "../../../e2e/support/command.ts";
import type { CommandOutcome } from "./command-host.ts";
import { type Door, helpfulDenial } from "./door.ts";

const host = fileURLToPath(new URL("command-host.ts", import.meta.url));

/** Command lines of one server: a process runs them, one after the other. */
export class CommandDoor implements Door, AsyncDisposable {
  readonly name = "command line";
  readonly denial: RegExp = helpfulDenial;
  readonly #child: ChildProcess = fork(host, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  #last: Promise<unknown> = Promise.resolve();

  enter: Door["enter"] = async ({ port }, { user, password }) => {
    const env = {
      OXBOW_URL: `nats://127.0.0.1:${port}`,
      OXBOW_USER: user,
      OXBOW_PASSWORD: password,
    };
    const line = (text: string) => () => this.#run(text.split(" "), env);
    const staying: RunningCommand[] = [];
    return {
      stay: async () => {
        const consume = ["consume", "prod.orders", "--group", "watch"];
        const running = new RunningCommand(consume, { env });
        staying.push(running);
        await running.line();
        return {
          gone: running.ended().then(({ status, stderr }) => `status ${status}: ${stderr}`),
        };
      },
      deeds: {
        publish: line("produce prod.orders x"),
        consume: line("consume prod.orders --group billing --count 1 --no-create"),
        "read dead letters": line("dead-letter list prod.orders"),
        resend: line("dead-letter resend prod.orders --all --keep --delay 1d --no-wait"),
        purge: line("station purge prod.orders --key none"),
        edit: line("station edit prod.orders --description x"),
        delete: line("station delete prod.doomed"),
        admin: line("user list"),
      },
      [Symbol.asyncDispose]: async () => {
        for (const each of staying) await each[Symbol.asyncDispose]();
      },
    };
  };

  async [Symbol.asyncDispose](): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#child.disconnect();
    await exit;
  }

  /** Rejects with what the command said, as it ends with another status than 0. */
  #run(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
    const run = this.#last.then(async () => {
      const done = once(this.#child, "message") as Promise<[CommandOutcome]>;
      this.#child.send({ argv, env });
      const [{ status, stdout, stderr }] = await done;
      if (status === 0) return stdout;
      throw new Error(`status ${status}: ${stderr}`);
    });
    this.#last = run.catch(() => undefined);
    return run;
  }
}
