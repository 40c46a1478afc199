import { BUILD_NAME, FEATURE_FLAGS, SERVER_VERSION } from "../connection/server-info.ts";
import type { Engine } from "../engine.ts";
import { timestampOf } from "../routing/event-head.ts";
import { certificateEnd, leafVarz, websocketVarz } from "./door-varz.ts";
import { jetstreamConfig, jetstreamLimits, jetstreamUsage } from "./jetstream-usage.ts";
import { operatorVarz } from "./operator-varz.ts";
import { formatUptime } from "./uptime.ts";

/** What the engine can't know about the process it runs in. */
export interface ProcessFacts {
  /** Resident bytes, and the share of one core in percent. */
  readonly memoryBytes: number;
  readonly cpuPercent: number;
  readonly coresCount: number;
  /** Where monitoring is served; ports that are not are 0. */
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly httpsPort: number;
    readonly basePath: string;
    /** Requests served so far, by path. */
    readonly requests: Readonly<Record<string, number>>;
  };
  readonly configLoadedAtMs: number;
  /** Empty without a configuration file. */
  readonly configDigest: string;
}

/** The general state of a server, with the fields of nats-server's `/varz`. */
export function varz(engine: Engine, facts: ProcessFacts): Record<string, unknown> {
  const { info, options } = engine;
  const stats = engine.stats();
  const { limits } = options;
  const nowMs = engine.nowMs();
  const pinnedFailures = engine.operator?.authorizer.pinnedFailureCount ?? 0;
  const authTimeoutSeconds = limits.authTimeoutMs / 1000;
  return {
    server_id: info.id,
    server_name: info.name,
    version: SERVER_VERSION,
    proto: 1,
    go: BUILD_NAME,
    host: info.host,
    port: info.port,
    ...(engine.isAuthRequired && { auth_required: true }),
    ...(options.tls !== undefined && options.allowsPlain !== true && { tls_required: true }),
    ...(options.tls?.verify === true && { tls_verify: true }),
    max_connections: limits.connectionsMax < Number.MAX_SAFE_INTEGER ? limits.connectionsMax : -1,
    ...(limits.subscriptionsMax > 0 && { max_subscriptions: limits.subscriptionsMax }),
    ping_interval: limits.pingIntervalMs * 1e6,
    ping_max: limits.pingsOutMax,
    http_host: facts.http.host,
    http_port: facts.http.port,
    http_base_path: facts.http.basePath,
    https_port: facts.http.httpsPort,
    auth_timeout: authTimeoutSeconds,
    max_control_line: limits.controlLineMax,
    max_payload: limits.payloadMax,
    max_pending: limits.pendingBytesMax,
    cluster: {},
    gateway: {},
    leaf: leafVarz(engine, authTimeoutSeconds),
    mqtt: {},
    websocket: websocketVarz(engine),
    jetstream: jetstreamVarz(engine),
    tls_timeout: (options.tls?.timeoutMs ?? 2_000) / 1000,
    write_deadline: limits.writeDeadlineMs * 1e6,
    start: timestampOf(engine.startedAtMs),
    now: timestampOf(nowMs),
    uptime: formatUptime(nowMs - engine.startedAtMs),
    mem: facts.memoryBytes,
    cores: facts.coresCount,
    gomaxprocs: facts.coresCount,
    cpu: facts.cpuPercent,
    connections: stats.connections,
    total_connections: stats.connectionsTotal,
    routes: 0,
    remotes: 0,
    leafnodes: 0,
    in_msgs: stats.inMessages,
    in_bytes: stats.inBytes,
    in_client_msgs: stats.inMessages,
    in_client_bytes: stats.inBytes,
    out_msgs: stats.outMessages,
    out_bytes: stats.outBytes,
    out_client_msgs: stats.outMessages,
    out_client_bytes: stats.outBytes,
    slow_consumers: stats.slowConsumers,
    stale_connections: stats.staleConnections,
    stalled_clients: stats.stalls,
    subscriptions: stats.subscriptions,
    http_req_stats: sortedByName(facts.http.requests),
    config_load_time: timestampOf(facts.configLoadedAtMs),
    config_digest: facts.configDigest,
    ...((options.tags?.length ?? 0) > 0 && { tags: options.tags }),
    ...(options.metadata !== undefined && { metadata: options.metadata }),
    feature_flags: FEATURE_FLAGS,
    ...operatorVarz(engine),
    system_account: engine.systemAccountName,
    ...(pinnedFailures > 0 && { pinned_account_fails: pinnedFailures }),
    slow_consumer_stats: { clients: stats.slowConsumers, routes: 0, gateways: 0, leafs: 0 },
    stale_connection_stats: { clients: stats.staleConnections, routes: 0, gateways: 0, leafs: 0 },
    // Nothing here waits for leave to use the disk.
    disk_io_wait_stats: { waiters: 0, waits: 0, wait_time: 0, max_wait_time: 0 },
    ...((options.trustedProxies?.length ?? 0) > 0 && {
      proxies: { trusted: options.trustedProxies?.map((key) => ({ key })) },
    }),
    ...certificateEnd(options.tls),
  };
}

function sortedByName(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function jetstreamVarz(engine: Engine): object {
  if (!engine.options.jetstream.enabled) return {};
  return {
    config: jetstreamConfig(engine.options),
    stats: jetstreamUsage(engine),
    limits: jetstreamLimits(engine.options),
  };
}
