import type { ConnectionOptions } from "@nats-io/transport-node";
import type { Command } from "commander";
import { durationMs } from "../arguments.ts";
import { UsageError } from "../failures.ts";

const DEFAULT_URL = "nats://127.0.0.1:4222";
const DEFAULT_PORT = "4222";

/** The options every client command has, as commander hands them over. */
export interface ClientOptions {
  readonly server?: string;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** Where to connect, and as whom. */
export interface ServerTarget {
  /** `host:port` of each server to try. */
  readonly servers: readonly string[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly token: string | undefined;
  readonly timeoutMs: number;
}

/** Adds the options of {@link ClientOptions} to a command. */
export function withClientOptions(command: Command): Command {
  return command
    .option("--server <url>", `server to use (OXBOW_URL, default ${DEFAULT_URL})`)
    .option("--user <name>", "user to connect as (OXBOW_USER)")
    .option("--password <secret>", "password of the user (OXBOW_PASSWORD)")
    .option("--token <secret>", "token to connect with (OXBOW_TOKEN)")
    .option("--timeout <duration>", "how long to wait for an answer (default 5s)", durationMs);
}

/**
 * Resolves options > environment > defaults. A URL may carry credentials (`nats://user:password@host`), which options
 * win over.
 *
 * @throws UsageError if the URL is none of NATS.
 */
export function serverTarget(
  options: ClientOptions,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ServerTarget {
  const urls = (options.server ?? nonEmpty(environment["OXBOW_URL"]) ?? DEFAULT_URL).split(",");
  const parsed = urls.map((url) => parseServerUrl(url.trim()));
  const first = parsed[0];
  const token = options.token ?? first?.token;
  const user = options.user ?? first?.user;
  const hasOwn = token !== undefined || user !== undefined;
  return {
    servers: parsed.map(({ address }) => address),
    user: user ?? (hasOwn ? undefined : nonEmpty(environment["OXBOW_USER"])),
    password: options.password ?? first?.password ?? nonEmpty(environment["OXBOW_PASSWORD"]),
    token: token ?? (hasOwn ? undefined : nonEmpty(environment["OXBOW_TOKEN"])),
    timeoutMs: options.timeout ?? 5000,
  };
}

/** The target as the NATS client wants it; the commands of one question do not wait for a server to come back. */
export function connectionOptions(target: ServerTarget, name: string): ConnectionOptions {
  const { servers, user, password, token, timeoutMs } = target;
  return {
    servers: [...servers],
    name,
    timeout: timeoutMs,
    ...(user === undefined ? {} : { user, pass: password ?? "" }),
    ...(token === undefined ? {} : { token }),
  };
}

interface ServerUrl {
  readonly address: string;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
}

function parseServerUrl(text: string): ServerUrl {
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `nats://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  const isNats = url !== undefined && ["nats:", "tcp:"].includes(url.protocol);
  if (!isNats || url.hostname === "" || !["", "/"].includes(url.pathname)) {
    throw new UsageError(`"${text}" is no address of a server: write --server ${DEFAULT_URL}`);
  }
  const address = `${url.hostname}:${url.port === "" ? DEFAULT_PORT : url.port}`;
  const name = decodeURIComponent(url.username);
  if (name === "") return { address };
  if (url.password === "") return { address, token: name };
  return { address, user: name, password: decodeURIComponent(url.password) };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
