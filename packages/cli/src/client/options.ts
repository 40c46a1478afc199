import { type Command, Option } from "commander";
import { durationMs } from "../arguments.ts";

export const DEFAULT_URL = "nats://127.0.0.1:4222";

/** The options every client command has, as commander hands them over. */
export interface ClientOptions {
  readonly context?: string;
  readonly server?: string;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  readonly creds?: string;
  readonly nkey?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** What says where to connect, and as whom; a context has the same. */
const serverFlags: readonly (readonly [flag: string, help: string])[] = [
  ["--server <url>", `server to use (OXBOW_URL, default ${DEFAULT_URL})`],
  ["--user <name>", "user to connect as (OXBOW_USER)"],
  ["--password <secret>", "password of the user (OXBOW_PASSWORD)"],
  ["--token <secret>", "token or access key to connect with (OXBOW_TOKEN)"],
  ["--creds <file>", "file with the credentials of a NATS user (OXBOW_CREDS)"],
  ["--nkey <file>", "file with the seed of an NKey (OXBOW_NKEY)"],
  ["--tls-ca <file>", "certificates that the server's is signed by"],
  ["--tls-cert <file>", "certificate to show the server"],
  ["--tls-key <file>", "key of that certificate"],
];

/** Adds the options of {@link ClientOptions} to a command. */
export function withClientOptions(command: Command): Command {
  add(command, "--context <name>", "server and credentials by name (OXBOW_CONTEXT)");
  withServerOptions(command);
  const timeout = new Option("--timeout <duration>", "how long to wait for an answer (default 5s)");
  return command.addOption(timeout.argParser(durationMs).helpGroup(heading));
}

/** Adds those that say where to connect, and as whom. */
export function withServerOptions(command: Command): Command {
  for (const [flag, help] of serverFlags) add(command, flag, help);
  return command;
}

const heading = "Connection:";

function add(command: Command, flag: string, help: string): void {
  command.addOption(new Option(flag, help).helpGroup(heading));
}
