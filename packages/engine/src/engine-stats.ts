import type { JournalStats } from "@oxbow/log";
import type { EngineCounters } from "./connection/engine-counters.ts";

/** What an engine has done and holds. */
export interface EngineStats {
  /** Connections open now, and ever. */
  readonly connections: number;
  readonly connectionsTotal: number;
  readonly subscriptions: number;
  readonly inMessages: number;
  readonly inBytes: number;
  readonly outMessages: number;
  readonly outBytes: number;
  readonly slowConsumers: number;
  readonly staleConnections: number;
  readonly stalls: number;
  /** What the journal did: commits, syncs, records and bytes since the start; zeros without a data directory. */
  readonly commits: number;
  readonly syncs: number;
  readonly records: number;
  readonly bytes: number;
}

/** Where they come from. */
export interface StatsSources {
  readonly counters: EngineCounters;
  readonly connections: number;
  readonly subscriptions: number;
  readonly store: Readonly<JournalStats>;
}

export function engineStats(sources: StatsSources): EngineStats {
  const { counters, connections, subscriptions, store } = sources;
  const { inMessages, inBytes, outMessages, outBytes } = counters;
  const { slowConsumers, staleConnections, stalls } = counters;
  return {
    connections,
    connectionsTotal: counters.connections,
    subscriptions,
    inMessages,
    inBytes,
    outMessages,
    outBytes,
    slowConsumers,
    staleConnections,
    stalls,
    ...store,
  };
}
