import type { Engine } from "../engine.ts";
import type { ExportOptions, MappingOptions, ServiceLatencyOptions } from "../options/accounts.ts";
import { domainMappings } from "../routing/domain-mappings.ts";
import { timestampOf } from "../routing/event-head.ts";
import type { ServiceImport } from "../routing/service-import.ts";
import type { StreamImport } from "../routing/stream-import.ts";
import { BadRequest } from "./bad-request.ts";
import { claimedAccountInfo, instants } from "./claimed-account-info.ts";
import { subjectStats } from "./subject-stats.ts";

/**
 * The accounts of a server by name, or one of them in detail, with the fields of nats-server's `/accountz`.
 *
 * @param account - Name of that one; empty is all.
 * @throws BadRequest where there is none of that name.
 */
export function accountz(engine: Engine, account: string): Record<string, unknown> {
  return {
    server_id: engine.info.id,
    now: timestampOf(engine.nowMs()),
    system_account: engine.systemAccountName,
    ...(account === ""
      ? { accounts: [...engine.accounts.keys()] }
      : { account_detail: accountInfo(engine, account) }),
  };
}

/**
 * One account.
 *
 * @throws BadRequest where there is none of that name.
 */
export function accountInfo(engine: Engine, name: string): Record<string, unknown> {
  const account = engine.accounts.get(name);
  if (account === undefined) throw new BadRequest(`Account ${name} does not exist`);
  const options = engine.accountOptions(name);
  const isSystem = name === engine.systemAccountName;
  const mappings = mappingsOf([...inherited(engine, isSystem), ...(options?.mappings ?? [])]);
  const exported = (account.sharing?.exports.offered ?? []).map(exportInfo);
  const { streams = [], services = [] } = account.sharing?.imports ?? {};
  const imported = [...streams.map(streamInfo), ...services.map(serviceInfo)];
  const claimed = claimedAccountInfo(engine, name);
  const jetstream = engine.jetstreams.find(({ services }) => services.account === account);
  return {
    account_name: name,
    update_time: timestampOf(claimed?.updatedAtMs ?? engine.startedAtMs),
    ...(isSystem && { is_system: true }),
    expired: claimed?.isExpired === true,
    complete: claimed?.isComplete !== false,
    jetstream_enabled: jetstream !== undefined,
    leafnode_connections: 0,
    client_connections: engine.accountConnections(name),
    subscriptions: account.subscriptionCount,
    ...(Object.keys(mappings).length > 0 && { mappings }),
    ...(exported.length > 0 && { exports: exported }),
    ...(imported.length > 0 && { imports: imported }),
    ...claimed?.token,
    name_tag: engine.accountTag(name),
    ...((options?.tags?.length ?? 0) > 0 && { tags: options?.tags }),
    ...claimed?.claims,
    sublist_stats: subjectStats([account]),
  };
}

/** What every account but the system account has of the JetStream domain. */
function inherited({ options: { jetstream } }: Engine, isSystem: boolean): MappingOptions[] {
  const { enabled, domain } = jetstream;
  return !enabled || domain === undefined || isSystem ? [] : domainMappings(domain);
}

function mappingsOf(mappings: readonly MappingOptions[]): Record<string, unknown> {
  const sorted = mappings.toSorted((a, b) => (a.source < b.source ? -1 : 1));
  return Object.fromEntries(sorted.map((one) => [one.source, destinationsOf(one)]));
}

/** Weights are told as nats-server does: added up, from the smallest on, with what stays where it is. */
function destinationsOf({ source, destinations }: MappingOptions): object[] {
  const clusters = new Set(destinations.map(({ cluster }) => cluster));
  const isKept = destinations.some(({ subject }) => subject === source);
  return [...clusters].flatMap((cluster) => {
    const own = destinations.filter((one) => one.cluster === cluster);
    const missing = 100 - own.reduce((sum, { weightPercent }) => sum + weightPercent, 0);
    const rest = { subject: withPlaceholders(source), weightPercent: missing };
    const all = missing > 0 && !isKept ? [...own, rest] : own;
    let weight = 0;
    return all
      .toSorted((a, b) => a.weightPercent - b.weightPercent)
      .map(({ subject, weightPercent }) => {
        weight += weightPercent;
        return { subject, weight, ...(cluster !== undefined && { cluster }) };
      });
  });
}

/** The destination that is the source itself. */
function withPlaceholders(source: string): string {
  let count = 0;
  const tokens = source.split(".").map((token) => (token === "*" ? `$${++count}` : token));
  return tokens.join(".");
}

const responseTypes = { singleton: "Singleton", stream: "Streamed", chunked: "Chunked" } as const;

function exportInfo({ subject, kind, ...more }: ExportOptions): object {
  const {
    isTokenRequired,
    responseType = "singleton",
    latency,
    accounts = [],
    revocations = {},
  } = more;
  return {
    subject,
    type: kind,
    ...(isTokenRequired === true && { token_req: true }),
    ...(kind === "service" && { response_type: responseTypes[responseType] }),
    ...(latency !== undefined && { service_latency: latencyInfo(latency) }),
    ...(accounts.length > 0 && { approved_accounts: accounts }),
    ...(Object.keys(revocations).length > 0 && { revoked_activations: instants(revocations) }),
  };
}

function streamInfo({ from, to, exporter, isValid }: StreamImport): object {
  return {
    ...{ subject: from, account: exporter.account.name, local_subject: to, type: "stream" },
    ...{ invalid: !isValid, share: false, tracking: false },
  };
}

function serviceInfo({ subject, to, exporter, service, isShared }: ServiceImport): object {
  const latency = service?.options.latency;
  return {
    ...{ subject: to, account: exporter.account.name, to: subject, local_subject: subject },
    type: "service",
    ...{ invalid: service === undefined, share: isShared, tracking: false },
    ...(latency !== undefined && { latency: latencyInfo(latency) }),
  };
}

function latencyInfo({ samplingPercent, subject }: ServiceLatencyOptions): object {
  return { sampling: samplingPercent, results: subject };
}
