import type { Engine } from "../engine.ts";
import type {
  AccountOptions,
  ExportOptions,
  ImportOptions,
  MappingOptions,
} from "../options/accounts.ts";
import { timestampOf } from "../routing/event-head.ts";
import { systemExports, systemImports } from "../routing/system-services.ts";
import { BadRequest } from "./bad-request.ts";
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
  const mappings = mappingsOf(options);
  const exported = exportsOf(options, isSystem).map(exportInfo);
  const imported = importsOf(engine, name, options, isSystem).map(importInfo);
  const jetstream = engine.jetstreams.find(({ services }) => services.account === account);
  return {
    account_name: name,
    update_time: timestampOf(engine.startedAtMs),
    ...(isSystem && { is_system: true }),
    expired: false,
    complete: true,
    jetstream_enabled: jetstream?.isEnabled === true,
    leafnode_connections: 0,
    client_connections: engine.accountConnections(name),
    subscriptions: account.subscriptionCount,
    ...(Object.keys(mappings).length > 0 && { mappings }),
    ...(exported.length > 0 && { exports: exported }),
    ...(imported.length > 0 && { imports: imported }),
    name_tag: engine.accountTag(name),
    ...((options?.tags?.length ?? 0) > 0 && { tags: options?.tags }),
    sublist_stats: subjectStats([account]),
  };
}

function mappingsOf(options: AccountOptions | undefined): Record<string, unknown> {
  const entries = (options?.mappings ?? []).map((one) => [one.source, destinationsOf(one)]);
  return Object.fromEntries(entries) as Record<string, unknown>;
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

function exportsOf(
  options: AccountOptions | undefined,
  isSystem: boolean,
): readonly ExportOptions[] {
  const own = options?.exports ?? [];
  return isSystem ? systemExports(own) : own;
}

function importsOf(
  engine: Engine,
  name: string,
  options: AccountOptions | undefined,
  isSystem: boolean,
): readonly ImportOptions[] {
  const own = options?.imports ?? [];
  if (isSystem) return own;
  const given = systemImports(name, engine.systemAccountName).map(({ options: one }) => one);
  return [...own, ...given];
}

const responseTypes = { singleton: "Singleton", stream: "Streamed", chunked: "Chunked" } as const;

function exportInfo({ subject, kind, ...more }: ExportOptions): object {
  const { isTokenRequired, responseType = "singleton", latency, accounts = [] } = more;
  return {
    subject,
    type: kind,
    ...(isTokenRequired === true && { token_req: true }),
    ...(kind === "service" && { response_type: responseTypes[responseType] }),
    ...(latency !== undefined && {
      service_latency: { sampling: latency.samplingPercent, results: latency.subject },
    }),
    ...(accounts.length > 0 && { approved_accounts: accounts }),
  };
}

function importInfo({ subject, account, kind, to, prefix, isShared }: ImportOptions): object {
  const local = to ?? (prefix === undefined ? subject : `${prefix}.${subject}`);
  return {
    subject,
    account,
    ...(kind === "service" && { to: local }),
    local_subject: local,
    type: kind,
    invalid: false,
    share: isShared === true,
    tracking: false,
  };
}
