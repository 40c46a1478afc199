import type { Log, LogStore } from "@oxbow/log";

/**
 * Waits until what a log holds now is durable, or never will be. What was told of it before may be said then: it counts
 * messages that nobody has acknowledged yet, and whoever has published them and asks finds them, as with nats-server.
 *
 * @returns `undefined` if there is nothing to wait for.
 */
export function settled(store: LogStore, log: Log): Promise<void> | undefined {
  if (log.committedSequence >= log.lastSequence || store.failure !== undefined) return undefined;
  return new Promise((resolve) => store.afterCommit(() => resolve()));
}
