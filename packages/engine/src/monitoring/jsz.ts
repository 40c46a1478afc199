import type { Engine } from "../engine.ts";
import { describeListedConsumer } from "../jetstream/api/consumer-info.ts";
import { describeListed } from "../jetstream/api/stream-requests.ts";
import type { Consumer } from "../jetstream/consumer/consumer.ts";
import type { JetStream } from "../jetstream/jetstream.ts";
import type { Stream } from "../jetstream/stream/stream.ts";
import { timestampOf } from "../routing/event-head.ts";
import { BadRequest } from "./bad-request.ts";
import { bytesOf, jetstreamConfig, jetstreamLimits, jetstreamUsage } from "./jetstream-usage.ts";
import { LaterList } from "./json-page.ts";
import type { Pacer } from "./pacer.ts";

/** What to tell of JetStream. */
export interface JszOptions {
  /** Only this account; empty is all, if `hasAccounts`. */
  readonly account: string;
  readonly hasAccounts: boolean;
  readonly hasStreams: boolean;
  /** Streams with their consumers. */
  readonly hasConsumers: boolean;
  /** Consumers that feed streams elsewhere, too. */
  readonly hasDirectConsumers: boolean;
  readonly hasConfig: boolean;
  /** A lone server leads everything. */
  readonly isRaftShown: boolean;
  readonly offset: number;
  /** 0 is 1,024; less is no limit. */
  readonly limit: number;
}

/** Told of an account without a limit: Go's unsigned -1. */
const noLimit = 2n ** 64n - 1n;
const limitDefault = 1024;

/** JetStream, with the fields of nats-server's `/jsz`. */
export async function jsz(engine: Engine, options: JszOptions): Promise<Record<string, unknown>> {
  const server = { server_id: engine.info.id, now: timestampOf(engine.nowMs()) };
  if (!engine.options.jetstream.enabled) return disabled(server);
  const { jetstreams } = engine;
  const pacer = engine.pacer();
  const details = await pacer.map(chosen(jetstreams, options), (jetstream) =>
    accountDetail(engine, jetstream, options, pacer),
  );
  const totals = totalsOf(jetstreams);
  return {
    ...jetstreamUsage(engine),
    ...server,
    config: jetstreamConfig(engine.options),
    limits: jetstreamLimits(engine.options),
    streams: totals.streams,
    ...(options.isRaftShown && totals.streams > 0 && { streams_leader: totals.streams }),
    consumers: totals.consumers,
    ...(options.isRaftShown && totals.consumers > 0 && { consumers_leader: totals.consumers }),
    messages: totals.messages,
    bytes: totals.bytes,
    ...(details.length > 0 && { account_details: details }),
    total: jetstreams.length,
  };
}

/**
 * JetStream of one account.
 *
 * @throws BadRequest where it has none.
 */
export function jszAccount(engine: Engine, options: JszOptions): Promise<Record<string, unknown>> {
  const { account } = options;
  if (!engine.options.jetstream.enabled) throw new BadRequest("jetstream not enabled");
  if (!engine.accounts.has(account)) throw new BadRequest(`account "${account}" not found`);
  const jetstream = engine.jetstreams.find(({ services }) => services.account.name === account);
  if (jetstream === undefined) throw new BadRequest(`account "${account}" not jetstream enabled`);
  return accountDetail(engine, jetstream, options, engine.pacer());
}

function disabled(server: object): Record<string, unknown> {
  return {
    ...{ memory: 0, storage: 0, reserved_memory: 0, reserved_storage: 0, accounts: 0 },
    ...{ ha_assets: 0, api: { level: 0, total: 0, errors: 0 } },
    ...server,
    disabled: true,
    config: { max_memory: 0, max_storage: 0 },
    ...{ streams: 0, consumers: 0, messages: 0, bytes: 0, total: 0 },
  };
}

/** The accounts whose details are wanted. */
function chosen(jetstreams: readonly JetStream[], options: JszOptions): readonly JetStream[] {
  const nameOf = ({ services }: JetStream): string => services.account.name;
  const one = jetstreams.filter((jetstream) => nameOf(jetstream) === options.account);
  if (one.length > 0) return one;
  const hasStreams = options.hasStreams || options.hasConsumers;
  if (!options.hasAccounts && !(hasStreams && options.account === "")) return [];
  const sorted = jetstreams.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const limit = options.limit === 0 ? limitDefault : options.limit;
  if (limit < 0) return sorted;
  const offset = Math.max(0, options.offset);
  return sorted.slice(offset, offset + limit);
}

function totalsOf(jetstreams: readonly JetStream[]): {
  streams: number;
  consumers: number;
  messages: number;
  bytes: number;
} {
  const totals = { streams: 0, consumers: 0, messages: 0, bytes: 0 };
  for (const jetstream of jetstreams) {
    totals.streams += jetstream.streams.size;
    for (const { log, publicConsumers } of jetstream.streams.values()) {
      totals.messages += log.count;
      totals.bytes += log.bytes;
      totals.consumers += publicConsumers.length;
    }
  }
  return totals;
}

async function accountDetail(
  engine: Engine,
  jetstream: JetStream,
  options: JszOptions,
  pacer: Pacer,
): Promise<Record<string, unknown>> {
  const { name } = jetstream.services.account;
  const { tier, limits } = jetstream.allowed;
  const reserved = (bytesMax: number | undefined): number | bigint => {
    if (tier !== undefined || bytesMax === undefined) return 0;
    return bytesMax < 0 ? noLimit : bytesMax;
  };
  const isListed = options.hasStreams || options.hasConsumers;
  const streams = await pacer.map(isListed ? jetstream.sortedStreams() : [], (stream) =>
    streamDetail(jetstream, stream, options),
  );
  return {
    name: engine.accountTag(name),
    id: name,
    ...bytesOf(jetstream),
    reserved_memory: reserved(limits?.memoryBytesMax),
    reserved_storage: reserved(limits?.storageBytesMax),
    ...{ accounts: 0, ha_assets: 0 },
    api: { level: 0, total: jetstream.apiTotal, errors: jetstream.apiErrors },
    ...(streams.length > 0 && { stream_detail: streams }),
  };
}

async function streamDetail(
  jetstream: JetStream,
  stream: Stream,
  options: JszOptions,
): Promise<object> {
  const { services } = jetstream;
  const { config, created, state, mirror, sources } = await describeListed(jetstream, stream);
  const consumersOf = (isDirect: boolean): readonly Consumer[] =>
    [...stream.consumers.values()].filter((one) => one.config.direct === isDirect);
  const describeAll = (consumers: readonly Consumer[]): LaterList =>
    LaterList.of(consumers, (one) => consumerDetail(services, one, options.hasConfig));
  const open = options.hasConsumers ? consumersOf(false) : [];
  const direct = options.hasConsumers && options.hasDirectConsumers ? consumersOf(true) : [];
  return {
    name: stream.name,
    created,
    cluster: { leader: services.server.name },
    ...(options.hasConfig && { config }),
    state,
    ...(open.length > 0 && { consumer_detail: describeAll(open) }),
    ...(direct.length > 0 && { direct_consumer_detail: describeAll(direct) }),
    mirror,
    sources,
  };
}

function consumerDetail(
  services: JetStream["services"],
  consumer: Consumer,
  hasConfig: boolean,
): object {
  const { config, ...others } = describeListedConsumer(services, consumer);
  if (!hasConfig) return others;
  const { stream_name, name, created, ...rest } = others;
  return { stream_name, name, created, config: config, ...rest };
}
