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
