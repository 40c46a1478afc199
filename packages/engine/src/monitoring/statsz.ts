import type { Engine } from "../engine.ts";
import { timestampOf } from "../routing/event-head.ts";
import { jetstreamConfig, jetstreamLimits, jetstreamUsage } from "./jetstream-usage.ts";

/** What a server tells every ten seconds, and who asks, with the fields of nats-server's STATSZ. */
export function statsz(engine: Engine): Record<string, unknown> {
  const { memoryBytes, coresCount, cpuPercent } = engine.process.facts();
  const stats = engine.stats();
  const sent = { msgs: stats.outMessages, bytes: stats.outBytes };
  const received = { msgs: stats.inMessages, bytes: stats.inBytes };
  const clients = (count: number): object => ({ clients: count, routes: 0, gateways: 0, leafs: 0 });
  const { slowConsumers, staleConnections, stalls } = stats;
  const active = [...engine.accounts.keys()].filter((name) => engine.accountConnections(name) > 0);
  return {
    start: timestampOf(engine.startedAtMs),
    mem: memoryBytes,
    cores: coresCount,
    cpu: cpuPercent,
    connections: stats.connections,
    total_connections: stats.connectionsTotal,
    active_accounts: active.length,
    subscriptions: stats.subscriptions,
    ...{ sent, sent_to_clients: sent, received, received_from_clients: received },
    slow_consumers: slowConsumers,
    ...(slowConsumers > 0 && { slow_consumer_stats: clients(slowConsumers) }),
    ...(staleConnections > 0 && {
      stale_connections: staleConnections,
      stale_connection_stats: clients(staleConnections),
    }),
    ...(stalls > 0 && { stalled_clients: stalls }),
    active_servers: 1,
    ...(engine.options.jetstream.enabled && { jetstream: jetstreamStats(engine) }),
    gomaxprocs: coresCount,
  };
}

function jetstreamStats(engine: Engine): object {
  const { store_dir: _, ...config } = jetstreamConfig(engine.options);
  return { config, stats: jetstreamUsage(engine), limits: jetstreamLimits(engine.options) };
}
