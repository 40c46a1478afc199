import { readFileSync } from "node:fs";
import {
  type Authenticator,
  credsAuthenticator,
  type NodeConnectionOptions,
  nkeyAuthenticator,
  type TlsOptions,
} from "@nats-io/transport-node";
import { clientError } from "../errors.ts";
import type { Door } from "../lineage/stamp.ts";
import { shownName } from "../presence/shown-name.ts";
import type { Tracing } from "../tracing/tracing.ts";

/** Who the client is, in one of the ways that servers know. */
export type Credentials =
  | { readonly user: string; readonly password: string }
  | { readonly token: string }
  /** Path of a `.creds` file, which is read again for every connection. */
  | { readonly file: string }
  /** A seed, `SU…`. */
  | { readonly nkeySeed: string }
  /** What the official client takes. */
  | { readonly authenticator: Authenticator };

/** How `connect` connects. All can be left out. */
export interface ConnectOptions {
  /** `host:port` or `nats://host:port`, one or several. Default `127.0.0.1:4222`. */
  readonly servers?: string | readonly string[];
  readonly credentials?: Credentials;
  /** Shown to those who look at connections, producers and consumers. Default `oxbow`. */
  readonly name?: string;
  /** Whether its producers and consumers announce themselves to the platform, so that others see them. Default `true`. */
  readonly announce?: boolean;
  /** Options of TLS as the official client has them; `null` for never. By default as the server wants it. */
  readonly tls?: TlsOptions | null;
  /** Whether `connect` waits for a server that can't be reached, too. Default `false`: it fails. */
  readonly waitForServer?: boolean;
  /** Time to make a connection, in milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Time for the answer to a request, in milliseconds, not counted while there is no connection. Default 10,000. */
  readonly requestTimeoutMs?: number;
  /** Where answers come to: `<prefix>.>`, for users who may not subscribe to the usual `_INBOX.>`. */
  readonly inboxPrefix?: string;
  /** The time, in milliseconds since 1970, for what is delivered later. Default `Date.now`; for tests. */
  readonly nowMs?: () => number;
  /** Writes down as spans what is produced and consumed: `openTelemetry()` of `oxbow/opentelemetry`. By default nothing. */
  readonly tracing?: Tracing;
  /** What may wait to be acknowledged at a time; beyond it `produce` fails with `BUFFER_FULL`. */
  readonly buffer?: {
    /** Default 65,536. */
    readonly messagesMax?: number;
    /** Default 64 MiB. */
    readonly bytesMax?: number;
  };
}

/** Options with their defaults, beside those of the connection. */
export interface ClientSettings {
  readonly requestTimeoutMs: number;
  readonly bufferMessagesMax: number;
  readonly bufferBytesMax: number;
  /** What its producers and consumers are called that have no other name. */
  readonly presenceName: string;
  readonly isAnnounced: boolean;
  /** By which its messages come in. */
  readonly door: Door;
  /** Writes down spans; `undefined` for nothing. */
  readonly tracing: Tracing | undefined;
}

const known: ReadonlySet<string> = new Set([
  "servers",
  "credentials",
  "name",
  "announce",
  "tls",
  "waitForServer",
  "connectTimeoutMs",
  "requestTimeoutMs",
  "inboxPrefix",
  "nowMs",
  "tracing",
  "buffer",
] satisfies (keyof ConnectOptions)[]);

/** @throws OxbowError `OPTIONS_INVALID` */
export function settingsOf(options: ConnectOptions, door: Door = "sdk"): ClientSettings {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw clientError("OPTIONS_INVALID", `connect has no option ${name}`);
  }
  return {
    requestTimeoutMs: positive("requestTimeoutMs", options.requestTimeoutMs ?? 10_000),
    bufferMessagesMax: positive("buffer.messagesMax", options.buffer?.messagesMax ?? 65_536),
    bufferBytesMax: positive("buffer.bytesMax", options.buffer?.bytesMax ?? 64 * 1024 * 1024),
    presenceName: shownName(options.name ?? "oxbow"),
    isAnnounced: options.announce !== false,
    door,
    tracing: options.tracing,
  };
}

/**
 * What the official client is told.
 *
 * @param reconnectDelay - Time in milliseconds to wait before the next attempt.
 * @throws OxbowError `OPTIONS_INVALID`
 */
export function officialOptions(
  options: ConnectOptions,
  reconnectDelay: () => number,
): NodeConnectionOptions {
  const { servers = [], credentials, name = "oxbow", tls, waitForServer = false } = options;
  const { inboxPrefix } = options;
  const list = typeof servers === "string" ? [servers] : [...servers];
  for (const server of list) {
    if (/^wss?:/i.test(server)) {
      const text = `${server}: connect by TCP or TLS, as in nats://host:4222`;
      throw clientError("OPTIONS_INVALID", text);
    }
  }
  return {
    ...(list.length > 0 && { servers: list }),
    ...(tls !== undefined && { tls }),
    ...(inboxPrefix !== undefined && { inboxPrefix }),
    ...(credentials !== undefined && authentication(credentials)),
    name,
    timeout: positive("connectTimeoutMs", options.connectTimeoutMs ?? 10_000),
    waitOnFirstConnect: waitForServer,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: reconnectDelay,
  };
}

function authentication(credentials: Credentials): NodeConnectionOptions {
  if ("user" in credentials) return { user: credentials.user, pass: credentials.password };
  if ("token" in credentials) return { token: credentials.token };
  if ("authenticator" in credentials) return { authenticator: credentials.authenticator };
  if ("nkeySeed" in credentials) {
    return { authenticator: nkeyAuthenticator(new TextEncoder().encode(credentials.nkeySeed)) };
  }
  const { file } = credentials;
  return { authenticator: (nonce) => credsAuthenticator(readFileSync(file))(nonce) };
}

function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw clientError("OPTIONS_INVALID", `${name} is ${value}: give a number above 0`);
}
