import type {
  AccountJetStreamLimits,
  AccountLimits,
  AccountOptions,
  ExportOptions,
  ImportOptions,
  JetStreamTiers,
  MappingOptions,
  ServiceLatencyOptions,
} from "../../options/accounts.ts";
import { isValidLiteral } from "../../subjects/subject.ts";
import type {
  AccountClaims,
  ExportClaims,
  ImportClaims,
  JetStreamLimitsClaims,
  OperatorLimitsClaims,
} from "./account-claims.ts";
import { weightOf } from "./mapping-weight.ts";
import { permissionsFrom } from "./permissions.ts";

const nsPerMs = 1e6;

/** What an account JWT asks of the server, for an account whose name is its public key. */
export function accountOptionsFrom(claims: AccountClaims): AccountOptions {
  const { nats } = claims;
  return {
    name: claims.sub,
    nameTag: claims.name,
    tags: nats.tags,
    defaultPermissions: permissionsFrom(nats.default_permissions),
    limits: limitsFrom(nats.limits),
    jetstream: jetStreamFrom(nats.limits),
    jetstreamTiers: tiersFrom(nats.limits),
    exports: nats.exports.flatMap(exportFrom),
    imports: nats.imports.flatMap(importFrom),
    mappings: mappingsFrom(claims),
    trace: traceFrom(claims),
  };
}

function limitsFrom(limits: OperatorLimitsClaims): AccountLimits {
  return {
    connectionsMax: limits.conn,
    subscriptionsMax: limits.subs,
    payloadMax: limits.payload,
    leafnodesMax: limits.leaf,
  };
}

/** Limits without tiers; with tiers these are not looked at. */
function jetStreamFrom(limits: OperatorLimitsClaims): boolean | AccountJetStreamLimits {
  if (limits.tiered_limits.size > 0) return [...limits.tiered_limits.values()].some(hasStorage);
  return hasStorage(limits) && jetStreamLimitsFrom(limits);
}

function tiersFrom({ tiered_limits }: OperatorLimitsClaims): JetStreamTiers | undefined {
  if (![...tiered_limits.values()].some(hasStorage)) return undefined;
  const tiers = [...tiered_limits].map(([tier, limits]) => [tier, jetStreamLimitsFrom(limits)]);
  return Object.fromEntries(tiers);
}

function hasStorage(limits: JetStreamLimitsClaims): boolean {
  return limits.mem_storage !== 0 || limits.disk_storage !== 0;
}

function jetStreamLimitsFrom(limits: JetStreamLimitsClaims): AccountJetStreamLimits {
  const positiveOrNone = (value: number): number => (value > 0 ? value : -1);
  return {
    memoryBytesMax: limits.mem_storage,
    storageBytesMax: limits.disk_storage,
    streamsMax: limits.streams,
    consumersMax: limits.consumer,
    ackPendingMax: positiveOrNone(limits.max_ack_pending),
    memoryStreamBytesMax: positiveOrNone(limits.mem_max_stream_bytes),
    storageStreamBytesMax: positiveOrNone(limits.disk_max_stream_bytes),
    requiresMaxBytes: limits.max_bytes_required,
  };
}

const responseTypes: Readonly<Record<string, ExportOptions["responseType"]>> = {
  Singleton: "singleton",
  Stream: "stream",
  Chunked: "chunked",
};

function exportFrom(claims: ExportClaims): ExportOptions[] {
  if (claims.type === "unknown") return [];
  const common = {
    subject: claims.subject,
    isTokenRequired: claims.token_req,
    revocations: Object.fromEntries(claims.revocations),
    accountTokenPosition: claims.account_token_position,
  };
  if (claims.type === "stream") return [{ kind: "stream", ...common }];
  const thresholdMs = Number(claims.response_threshold) / nsPerMs;
  return [
    {
      kind: "service",
      ...common,
      responseType: responseTypes[claims.response_type] ?? "singleton",
      responseThresholdMs: thresholdMs === 0 ? undefined : thresholdMs,
      latency: latencyFrom(claims),
      allowTrace: claims.allow_trace,
    },
  ];
}

function latencyFrom({ service_latency }: ExportClaims): ServiceLatencyOptions | undefined {
  if (service_latency === null) return undefined;
  const { sampling, results } = service_latency;
  return { samplingPercent: sampling === 0 ? "headers" : sampling, subject: results };
}

function importFrom(claims: ImportClaims): ImportOptions[] {
  if (claims.type === "unknown") return [];
  const common = {
    account: claims.account,
    token: claims.token === "" ? undefined : claims.token,
  };
  const local = claims.local_subject === "" ? undefined : claims.local_subject;
  const to = claims.to === "" ? undefined : claims.to;
  if (claims.type === "stream") {
    const stream = { kind: "stream", ...common, subject: claims.subject } as const;
    // The old field is a prefix here, and the exporter's subject for services.
    return [
      {
        ...stream,
        to: local,
        prefix: local === undefined ? to : undefined,
        allowTrace: claims.allow_trace,
      },
    ];
  }
  const service = { kind: "service", ...common, isShared: claims.share } as const;
  if (local !== undefined) return [{ ...service, subject: claims.subject, to: local }];
  return [{ ...service, subject: to ?? claims.subject, to: claims.subject }];
}

function mappingsFrom({ nats }: AccountClaims): MappingOptions[] {
  return [...nats.mappings].map(([source, destinations]) => ({
    source,
    destinations: destinations.map((destination) => ({
      subject: destination.subject,
      weightPercent: weightOf(destination),
      cluster: destination.cluster === "" ? undefined : destination.cluster,
    })),
  }));
}

function traceFrom({ nats }: AccountClaims): AccountOptions["trace"] {
  if (nats.trace === null || !isValidLiteral(nats.trace.dest)) return undefined;
  const { dest, sampling } = nats.trace;
  return { destination: dest, samplingPercent: sampling <= 0 || sampling > 100 ? 100 : sampling };
}
