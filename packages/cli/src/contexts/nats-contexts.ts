import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { CommandFailure } from "../failures.ts";
import type { Context } from "./context.ts";
import { configDirectory } from "./context-store.ts";

/** What the contexts of the `nats` command call what is the same here. */
const sameTexts: Readonly<Record<string, keyof Context>> = {
  description: "description",
  url: "server",
  user: "user",
  password: "password",
  token: "token",
  creds: "creds",
  nkey: "nkey",
  ca: "tlsCa",
  cert: "tlsCert",
  key: "tlsKey",
};
/** What says nothing about how one connects. */
const ofNoConcern: ReadonlySet<string> = new Set(["name", "color_scheme"]);
const paths: ReadonlySet<string> = new Set(["creds", "nkey", "ca", "cert", "key"]);

/** The contexts of the `nats` command, in `nats/context` of the directory for configurations. */
export class NatsContexts {
  readonly #directory: string;

  constructor(environment: Readonly<Record<string, string | undefined>> = process.env) {
    this.#directory = join(configDirectory(environment, "nats"), "context");
  }

  names(): string[] {
    try {
      return readdirSync(this.#directory)
        .filter((file) => file.endsWith(".json"))
        .map((file) => file.slice(0, -".json".length))
        .sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw new CommandFailure((error as Error).message, { cause: error });
    }
  }

  /** @throws CommandFailure for one that there is not, and for what Oxbow's command can't do, naming it */
  read(name: string): Context {
    const path = join(this.#directory, `${name}.json`);
    if (!this.names().includes(name)) {
      throw new CommandFailure(`the nats command has no context ${name}: ${path} is not there`);
    }
    try {
      return contextOfNats(JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>);
    } catch (error) {
      throw new CommandFailure(`${path}: ${(error as Error).message}`, { cause: error });
    }
  }
}

function contextOfNats(given: Readonly<Record<string, unknown>>): Context {
  const context: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    const same = sameTexts[key];
    const isEmpty = value === "" || value === null || value === false;
    if (isEmpty || ofNoConcern.has(key) || (Array.isArray(value) && value.length === 0)) continue;
    if (key === "tls_first") context["tlsFirst"] = value === true;
    else if (same === undefined) throw new Error(`"${key}" is not known to oxbow: take it out`);
    else context[same] = paths.has(key) ? withHome(String(value)) : String(value);
  }
  return context as Context;
}

function withHome(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}
