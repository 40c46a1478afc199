import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AuthOptions,
  defaultLimits,
  type EncryptionOptions,
  type EngineLimits,
  type EngineOptions,
  type LeafnodeOptions,
  type ListenAddress,
  type ProtocolTraceOptions,
  type WebSocketOptions,
} from "@oxbow/engine";
import { parseSyslogAddress } from "../log/syslog-sink.ts";
import type { ConfigDraft } from "./draft.ts";
import type { Findings } from "./findings.ts";
import { flaggedTls } from "./flagged-tls.ts";
import type { Reading } from "./reading.ts";
import type {
  LoggingConfig,
  MonitoringConfig,
  NatsServerConfig,
  OperatorConfig,
} from "./server-config.ts";

const clientPort = 4222;
const anyHost = "0.0.0.0";
const anyNumber = Number.MAX_SAFE_INTEGER;
/** The largest payload that can be asked for, which stands for any size. */
const payloadSizeMax = 512 * 1024 * 1024;
const defaultLameDuckMs = 120_000;
const defaultLameDuckGraceMs = 10_000;

/** Checks what keys say together, and fills in nats-server's defaults. */
export function finishConfig(draft: ConfigDraft, reading: Reading): NatsServerConfig {
  const { findings } = reading;
  const lameDuck = {
    durationMs: draft.lameDuckDurationMs || defaultLameDuckMs,
    graceMs: draft.lameDuckGraceMs || defaultLameDuckGraceMs,
  };
  if (lameDuck.graceMs >= lameDuck.durationMs) {
    findings.error(
      undefined,
      `lame duck grace period (${lameDuck.graceMs / 1000}s) should be strictly lower than lame duck duration (${lameDuck.durationMs / 1000}s)`,
    );
  }
  if (draft.tlsFlags !== undefined) draft.tls = flaggedTls(draft.tls, draft.tlsFlags, reading);
  refuseForeign(draft, reading);
  if (holdsPlaintext(draft)) findings.note("Plaintext passwords detected, use nkeys or bcrypt");
  return {
    engine: engineOptions(draft, findings),
    operator: operatorConfig(draft, findings),
    logging: loggingConfig(draft),
    monitoring: monitoringConfig(draft, findings),
    pidFile: nonEmpty(draft.pidFile),
    portsFileDirectory: nonEmpty(draft.portsFileDirectory),
    lameDuck,
  };
}

/** What one node of Oxbow can't do, or does otherwise. */
function refuseForeign(
  { cluster, profilingPort, logging }: ConfigDraft,
  { findings, positionOf }: Reading,
): void {
  if ((cluster?.routes?.length ?? 0) > 0) {
    findings.error(
      positionOf("cluster"),
      "cluster routes: not supported: Oxbow is one node and joins no other server; take the routes out",
    );
  } else if (cluster !== undefined) {
    findings.note(
      "cluster: Oxbow is one node: no port for routes is opened, and what the block says has no effect",
    );
  }
  if (profilingPort !== undefined && profilingPort !== 0) {
    findings.error(
      positionOf("prof_port"),
      "prof_port: not supported: profile the process with node --inspect",
    );
  }
  const remoteSyslog = nonEmpty(logging.remoteSyslog);
  if (remoteSyslog !== undefined) {
    if (parseSyslogAddress(remoteSyslog) === undefined) {
      findings.error(
        positionOf("remote_syslog"),
        `remote_syslog: not supported: write udp://host:port, not ${remoteSyslog}`,
      );
    }
  } else if (logging.syslog === true) {
    findings.error(
      positionOf("syslog"),
      "syslog: not supported: write remote_syslog: udp://localhost:514, or log to stderr or a file",
    );
  }
}

function engineOptions(draft: ConfigDraft, findings: Findings): EngineOptions {
  const limits = engineLimits(draft);
  const { payloadMax, pendingBytesMax } = { ...defaultLimits, ...limits };
  if (payloadMax > pendingBytesMax) {
    findings.error(
      undefined,
      `max_payload (${payloadMax}) cannot be higher than max_pending (${pendingBytesMax})`,
    );
  }
  return {
    serverName: nonEmpty(draft.serverName),
    tags: distinctTags(draft.tags),
    metadata: draft.metadata,
    listen: listenAddress(draft.host, draft.port || clientPort),
    advertise: nonEmpty(draft.advertise),
    limits,
    auth: authOptions(draft),
    accounts: draft.accounts,
    // Operators say by themselves which one it is.
    systemAccount: draft.operator === undefined ? nonEmpty(draft.systemAccount) : undefined,
    mappings: draft.mappings,
    tls: draft.tls,
    allowsPlain: draft.allowsPlain,
    proxyProtocol: draft.proxyProtocol,
    trustedProxies: draft.trustedProxies,
    websocket: websocketOptions(draft, findings),
    leafnodes: leafnodeOptions(draft),
    dataDirectory: join(nonEmpty(draft.storeDirectory) ?? join(tmpdir(), "nats"), "jetstream"),
    sync: draft.sync,
    encryption: encryptionOptions(draft),
    protocolTrace: protocolTrace(draft),
    jetstream: { ...draft.jetstream, enabled: draft.isJetStreamOn === true },
  };
}

/** For nats-server 0 is as good as nothing said, and a negative number of some things is any number. */
function engineLimits({ limits, authorization }: ConfigDraft): Partial<EngineLimits> {
  // Times here are whole milliseconds, for nats-server whole nanoseconds.
  const said = Object.entries(limits)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => [name, name.endsWith("Ms") ? Math.ceil(value) : value]);
  const { connectionsMax, payloadMax, pendingBytesMax = defaultLimits.pendingBytesMax } = limits;
  const authTimeoutMs = authorization?.timeoutMs ?? 0;
  return {
    ...(Object.fromEntries(said) as Partial<EngineLimits>),
    ...(connectionsMax !== undefined && connectionsMax < 0 && { connectionsMax: anyNumber }),
    ...(payloadMax !== undefined &&
      payloadMax < 0 && { payloadMax: Math.min(payloadSizeMax, pendingBytesMax) }),
    ...(authTimeoutMs > 0 && { authTimeoutMs: Math.ceil(authTimeoutMs) }),
    ...(limits.publisherStallMs === 0 && { publisherStallMs: 0 }),
  };
}

/** Tags are in lower case, and each is there once. */
function distinctTags(tags: readonly string[]): readonly string[] {
  const cleaned = tags.map((tag) => tag.trim().toLowerCase());
  return [...new Set(cleaned)].filter((tag) => tag !== "");
}

function encryptionOptions({ encryption }: ConfigDraft): EncryptionOptions | undefined {
  const { key, previousKey, cipher } = encryption;
  if (key === undefined || key === "") return undefined;
  return {
    key: Buffer.from(key),
    previousKey: previousKey === undefined ? undefined : Buffer.from(previousKey),
    cipher: cipher ?? "chacha20-poly1305",
  };
}

/** Operators leave nothing for the file to say about users. */
function operatorConfig(
  { operator, authorization, accounts, systemAccount, noAuthUser }: ConfigDraft,
  findings: Findings,
): OperatorConfig | undefined {
  if (operator === undefined) return undefined;
  const {
    operators = [],
    trustedKeys,
    resolver,
    resolverTls,
    preload,
    pinnedAccounts,
    defaultSentinel,
  } = operator;
  if (operators.length === 0 && trustedKeys === undefined) {
    if (defaultSentinel !== undefined) {
      findings.error(undefined, "default sentinel requires operators and accounts");
    }
    return undefined;
  }
  if (operators.length > 0 && trustedKeys !== undefined) {
    findings.error(undefined, "conflicting options for 'TrustedKeys' and 'TrustedOperators'");
  }
  if (accounts.length > 0) {
    findings.error(undefined, "operators do not allow Accounts to be configured directly");
  }
  const hasUsers = (authorization?.users?.length ?? 0) > 0;
  if (hasUsers || accounts.some(({ users = [] }) => users.length > 0)) {
    findings.error(undefined, "operators do not allow users to be configured directly");
  }
  if (authorization?.callout !== undefined) {
    const text = "operators do not allow authorization callouts to be configured directly";
    findings.error(undefined, text);
  }
  if (operators.length > 0 && nonEmpty(noAuthUser) !== undefined) {
    findings.error(undefined, "no_auth_user not compatible with Trusted Operator");
  }
  return {
    operators,
    trustedKeys,
    resolver,
    resolverTls,
    preload,
    systemAccount: nonEmpty(systemAccount),
    pinnedAccounts,
    defaultSentinel,
  };
}

/** Whether whoever can read the file can come in. */
function holdsPlaintext({ authorization = {}, accounts }: ConfigDraft): boolean {
  const { password, token, users = [] } = authorization;
  const ofUsers = [...users, ...accounts.flatMap((account) => account.users ?? [])];
  const secrets = [password, token, ...ofUsers.map((user) => user.password)];
  return secrets.some((secret = "") => secret !== "" && !/^\$2[abxy]\$/.test(secret));
}

function authOptions({ authorization, noAuthUser }: ConfigDraft): AuthOptions {
  const { user, password, token, users, defaultPermissions, callout, proxyRequired } =
    authorization ?? {};
  if (nonEmpty(token) !== undefined) {
    return { mode: "token", token: token ?? "", callout, proxyRequired };
  }
  const single =
    nonEmpty(user) === undefined ? [] : [{ user: user ?? "", password: password ?? "" }];
  const all = [...single, ...(users ?? [])];
  if (all.length === 0 && callout === undefined) return { mode: "none", noAuthUser };
  return { mode: "users", users: all, noAuthUser, defaultPermissions, callout, proxyRequired };
}

function websocketOptions(
  { websocket }: ConfigDraft,
  findings: Findings,
): WebSocketOptions | undefined {
  // Without a port the block opens nothing.
  if (websocket?.port === undefined || websocket.port === 0) return undefined;
  const { allowsNoTls, host, port, ...rest } = websocket;
  if (rest.tls === undefined && allowsNoTls !== true) {
    findings.error(
      undefined,
      "websocket requires TLS configuration: write tls { … } or no_tls: true",
    );
  }
  return { ...rest, ...listenAddress(host, port) };
}

function leafnodeOptions({ leafnodes }: ConfigDraft): LeafnodeOptions | undefined {
  if (leafnodes?.port === undefined || leafnodes.port === 0) return undefined;
  const { host, port, ...rest } = leafnodes;
  return { ...rest, ...listenAddress(host, port) };
}

function monitoringConfig(draft: ConfigDraft, findings: Findings): MonitoringConfig | undefined {
  const { httpPort = 0, httpsPort = 0 } = draft;
  if (httpPort !== 0 && httpsPort !== 0) {
    findings.error(
      undefined,
      `can't specify both HTTP (${httpPort}) and HTTPs (${httpsPort}) ports`,
    );
  }
  if (httpPort === 0 && httpsPort === 0) return undefined;
  const isTls = httpsPort !== 0;
  if (isTls && draft.tls === undefined) {
    findings.error(undefined, "TLS config required for HTTPS: write a tls block");
  }
  const host = nonEmpty(draft.httpHost) ?? draft.host;
  return { ...listenAddress(host, isTls ? httpsPort : httpPort), isTls, basePath: basePath(draft) };
}

/** `a/b/` and `/a/b` are the same; `/` is none. */
function basePath({ httpBasePath = "" }: ConfigDraft): string {
  const parts = httpBasePath.split("/").filter((part) => part !== "");
  return parts.length === 0 ? "" : `/${parts.join("/")}`;
}

function protocolTrace({ logging }: ConfigDraft): ProtocolTraceOptions | undefined {
  const { trace = false, traceHeaders = false, tracedLengthMax = 0 } = logging;
  return trace ? { headersOnly: traceHeaders, payloadBytesMax: tracedLengthMax } : undefined;
}

function loggingConfig({ logging }: ConfigDraft): LoggingConfig {
  return {
    debug: logging.debug ?? false,
    trace: logging.trace ?? false,
    time: logging.time ?? true,
    timeUtc: logging.timeUtc ?? false,
    file: nonEmpty(logging.file),
    syslog: parseSyslogAddress(logging.remoteSyslog ?? ""),
    fileSizeMax: logging.fileSizeMax ?? 0,
    filesMax: logging.filesMax ?? 0,
  };
}

/** nats-server writes -1 for a free port, and listens on every address where it is told none. */
function listenAddress(host: string | undefined, port: number): ListenAddress {
  return { host: nonEmpty(host) ?? anyHost, port: port === -1 ? 0 : port };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
