import type { EncryptionOptions } from "@oxbow/log";
import type { ProtocolTraceOptions } from "./connection/protocol-trace.ts";
import { engineError } from "./errors.ts";
import type { AccountOptions, MappingOptions } from "./options/accounts.ts";
import type { AuthOptions } from "./options/authorization.ts";
import { checkTransports } from "./options/check-transports.ts";
import type { LeafnodeOptions, TlsOptions, WebSocketOptions } from "./options/transports.ts";

/** When appended messages are put on stable storage, and so what a power cut or a crash can lose. */
export type SyncOptions =
  /** Before they are acknowledged: nothing that was acknowledged is lost. */
  | { readonly mode: "always" }
  /** Every `intervalMs` (at least 1): up to that much of what was acknowledged may be lost with the machine. */
  | { readonly mode: "interval"; readonly intervalMs: number }
  /** When the operating system likes: anything acknowledged may be lost with the machine. */
  | { readonly mode: "never" };

/** Bounds on what one connection, or all of them, may use. */
export interface EngineLimits {
  /** Largest message in bytes, headers included. Default 1 MiB. */
  readonly payloadMax: number;
  /** Longest control line in bytes. Default 4096. */
  readonly controlLineMax: number;
  /** Connections at a time. Default 65,536. */
  readonly connectionsMax: number;
  /** Subscriptions per connection; 0 is no limit. Default 0. */
  readonly subscriptionsMax: number;
  /** Tokens of a subject that is subscribed to; 0 is no limit. Default 0. */
  readonly subscriptionTokensMax: number;
  /** Bytes that may wait for one connection before it is cut off as a slow consumer. Default 64 MiB. */
  readonly pendingBytesMax: number;
  /** How long a connection may be idle before it is asked whether it still lives. Default 2 minutes. */
  readonly pingIntervalMs: number;
  /** Such questions that may stay unanswered; with the next one due, the connection is cut off. Default 2. */
  readonly pingsOutMax: number;
  /** How long a client has to authenticate, if it must. Default 2 seconds; with `tls`, 1 second more than its timeout. */
  readonly authTimeoutMs: number;
  /** How long a client may take nothing of what waits for it before it is cut off. Default 10 seconds. */
  readonly writeDeadlineMs: number;
  /** Connections that are remembered after their end, for monitoring. Default 10,000. */
  readonly closedConnectionsMax: number;
  /**
   * How long a client waits, per chunk read from it, for one that it publishes to and that cannot keep up; 0 is not at all.
   * Default 10 ms.
   */
  readonly publisherStallMs: number;
}

/** Bounds of JetStream. */
export interface JetStreamOptions {
  /** Whether there is JetStream at all. Default true. */
  readonly enabled: boolean;
  /** Bytes that memory streams may take together; -1 is no limit. Default -1. */
  readonly memoryBytesMax: number;
  /** Bytes that file streams may take together; -1 is no limit. Default -1. */
  readonly storageBytesMax: number;
  /** Whether requests with unknown fields are refused. Default true. */
  readonly isStrict: boolean;
  /** Domain, whose API is also at `$JS.<domain>.API`. Default `undefined`. */
  readonly domain: string | undefined;
  /** Largest `max_ack_pending` of a consumer; -1 is no limit. Default -1. */
  readonly ackPendingMax: number;
  /** Largest batch of a pull request; -1 is no limit. Default -1. */
  readonly requestBatchMax: number;
  /** Longest duplicate window of a stream in milliseconds; 0 is no limit. Default 0. */
  readonly duplicateWindowMsMax: number;
  /** Requests to the API that may wait at a time. Default 10,000. */
  readonly requestQueueMax: number;
  /** Open atomic batches of a stream, of all streams, their messages, and how long one may be idle. */
  readonly batch: {
    /** Default 50. */
    readonly perStreamMax: number;
    /** Default 1,000. */
    readonly totalMax: number;
    /** Default 1,000. */
    readonly messagesMax: number;
    /** Default 10 seconds; also for fast ones. */
    readonly timeoutMs: number;
  };
  /** Open fast batches of a stream, and of all streams. */
  readonly fastBatch: {
    /** Default 1,000. */
    readonly perStreamMax: number;
    /** Default 50,000. */
    readonly totalMax: number;
  };
  /**
   * Messages of a stream, and their bytes, that may wait for the disk before further ones are refused (429, error 10167);
   * 0 is no limit. Default 0, for publishers are slowed down long before that.
   */
  readonly bufferedMessagesMax: number;
  readonly bufferedBytesMax: number;
}

/** How an engine is to run. Everything may be left out. */
export interface EngineOptions {
  /** Name shown to clients. Default: the server's id, a new one at each start. */
  readonly serverName?: string | undefined;
  /** Where streams are kept. Default `undefined`: nothing outlives the engine. */
  readonly dataDirectory?: string | undefined;
  /** Default `{ mode: "always" }`. */
  readonly sync?: SyncOptions | undefined;
  /** How the data directory is encrypted. Default: not at all. Data that is there already is encrypted at the start. */
  readonly encryption?: EncryptionOptions | undefined;
  /** Where to accept connections; port 0 picks a free one. Default: nowhere. */
  readonly listen?: { readonly host: string; readonly port: number } | undefined;
  /** Host and port that clients are told instead of where it listens. */
  readonly advertise?: string | undefined;
  /** Encryption of the port of {@link EngineOptions.listen}. Default: none. */
  readonly tls?: TlsOptions | undefined;
  /** With `tls`: whether clients may do without it. */
  readonly allowsPlain?: boolean | undefined;
  /** Whether connections begin with a PROXY protocol header (version 1 or 2). */
  readonly proxyProtocol?: boolean | undefined;
  readonly websocket?: WebSocketOptions | undefined;
  readonly leafnodes?: LeafnodeOptions | undefined;
  readonly limits?: Partial<EngineLimits> | undefined;
  /** Default `{ mode: "none" }`. */
  readonly auth?: AuthOptions | undefined;
  /** Beside `$G` and the system account, which are there in any case; either may be named here to configure it. */
  readonly accounts?: readonly AccountOptions[] | undefined;
  /** Name of the system account. Default `$SYS`. */
  readonly systemAccount?: string | undefined;
  /** Mappings of `$G`. */
  readonly mappings?: readonly MappingOptions[] | undefined;
  /** Shown in `$SYS` answers and monitoring; placement goes by them. */
  readonly tags?: readonly string[] | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Public keys of proxies whose word on clients is taken. */
  readonly trustedProxies?: readonly string[] | undefined;
  readonly jetstream?: Partial<JetStreamOptions> | undefined;
  /**
   * What subjects begin with of services that are told who asks: requests of clients have a header
   * `Nats-Request-Info` there, as those have that come through a shared import. Default: none is told.
   */
  readonly requestInfoPrefix?: string | undefined;
  /** Has the log told what goes in and out of connections. Default: not. */
  readonly protocolTrace?: ProtocolTraceOptions | undefined;
}

/** {@link EngineOptions} with every default filled in. */
export interface ResolvedEngineOptions extends EngineOptions {
  readonly sync: SyncOptions;
  readonly limits: EngineLimits;
  readonly auth: AuthOptions;
  readonly accounts: readonly AccountOptions[];
  readonly systemAccount: string;
  readonly jetstream: JetStreamOptions;
}

/** The limits of an engine that is given none. */
export const defaultLimits: EngineLimits = {
  payloadMax: 1024 * 1024,
  controlLineMax: 4096,
  connectionsMax: 65_536,
  subscriptionsMax: 0,
  subscriptionTokensMax: 0,
  pendingBytesMax: 64 * 1024 * 1024,
  pingIntervalMs: 120_000,
  pingsOutMax: 2,
  authTimeoutMs: 2_000,
  writeDeadlineMs: 10_000,
  closedConnectionsMax: 10_000,
  publisherStallMs: 10,
};

/** How much longer than the handshake may take clients have to authenticate. */
const authAfterHandshakeMs = 1_000;

/** As nats-server has it, clients that encrypt have a little more time. */
function defaultLimitsWith(tls: TlsOptions | undefined): EngineLimits {
  if (tls === undefined) return defaultLimits;
  const handshakeMs = Math.ceil(tls.timeoutMs ?? 2_000);
  return { ...defaultLimits, authTimeoutMs: handshakeMs + authAfterHandshakeMs };
}

/** The smallest value each limit can have. */
const limitsMin: EngineLimits = {
  payloadMax: 0,
  controlLineMax: 64,
  connectionsMax: 0,
  subscriptionsMax: 0,
  subscriptionTokensMax: 0,
  pendingBytesMax: 1,
  pingIntervalMs: 1,
  pingsOutMax: 0,
  authTimeoutMs: 1,
  writeDeadlineMs: 1,
  closedConnectionsMax: 0,
  publisherStallMs: 0,
};

/** The bounds of a JetStream that is given none. */
export const defaultJetStream: JetStreamOptions = {
  enabled: true,
  memoryBytesMax: -1,
  storageBytesMax: -1,
  isStrict: true,
  domain: undefined,
  ackPendingMax: -1,
  requestBatchMax: -1,
  duplicateWindowMsMax: 0,
  requestQueueMax: 10_000,
  batch: { perStreamMax: 50, totalMax: 1_000, messagesMax: 1_000, timeoutMs: 10_000 },
  fastBatch: { perStreamMax: 1_000, totalMax: 50_000 },
  bufferedMessagesMax: 0,
  bufferedBytesMax: 0,
};

/** The largest payload the protocol's sizes of nine digits allow with room to spare. */
const payloadMaxEnd = 512 * 1024 * 1024;

/**
 * Fills in defaults and checks what was given.
 *
 * @throws `ENGINE_OPTION_INVALID`, naming the option and its range.
 */
export function resolveEngineOptions(options: EngineOptions): ResolvedEngineOptions {
  const limits = withDefaults(defaultLimitsWith(options.tls), options.limits ?? {});
  for (const name of Object.keys(limitsMin) as (keyof EngineLimits)[]) {
    requireInteger(`limits.${name}`, limits[name], limitsMin[name], Number.MAX_SAFE_INTEGER);
  }
  requireInteger("limits.payloadMax", limits.payloadMax, 0, payloadMaxEnd);
  if (limits.payloadMax > limits.pendingBytesMax) {
    throw engineError(
      "ENGINE_OPTION_INVALID",
      `limits.payloadMax (${limits.payloadMax}) must not be above limits.pendingBytesMax (${limits.pendingBytesMax})`,
    );
  }
  const jetstream = withDefaults(defaultJetStream, options.jetstream ?? {});
  requireInteger("jetstream.memoryBytesMax", jetstream.memoryBytesMax, -1);
  requireInteger("jetstream.storageBytesMax", jetstream.storageBytesMax, -1);
  requireInteger("jetstream.bufferedMessagesMax", jetstream.bufferedMessagesMax, 0);
  requireInteger("jetstream.bufferedBytesMax", jetstream.bufferedBytesMax, 0);
  for (const name of ["perStreamMax", "totalMax", "messagesMax", "timeoutMs"] as const) {
    requireInteger(`jetstream.batch.${name}`, jetstream.batch[name], 1);
  }
  for (const name of ["perStreamMax", "totalMax"] as const) {
    requireInteger(`jetstream.fastBatch.${name}`, jetstream.fastBatch[name], 1);
  }
  const sync = options.sync ?? { mode: "always" };
  if (sync.mode === "interval") requireInteger("sync.intervalMs", sync.intervalMs, 1);
  if (options.listen !== undefined) requireInteger("listen.port", options.listen.port, 0, 65_535);
  const resolved: ResolvedEngineOptions = {
    ...options,
    sync,
    limits,
    auth: options.auth ?? { mode: "none" },
    accounts: options.accounts ?? [],
    systemAccount: options.systemAccount ?? "$SYS",
    jetstream,
  };
  for (const { name, messagesPerSecondMax: rate } of resolved.accounts) {
    if (rate !== undefined) requireInteger(`messagesPerSecondMax of account ${name}`, rate, 1);
  }
  checkTransports(resolved);
  return resolved;
}

/** `defaults` with those fields of `given` that are not `undefined`. */
function withDefaults<T extends object>(defaults: T, given: Partial<T>): T {
  const result = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof T)[]) {
    const value = given[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function requireInteger(
  name: string,
  value: number,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw engineError(
    "ENGINE_OPTION_INVALID",
    `${name} must be an integer from ${min} to ${max}, not ${value}`,
  );
}
