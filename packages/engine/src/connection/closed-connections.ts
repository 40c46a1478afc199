import type { ClosedConnection, ConnectionFacts, SubscriptionFacts } from "./connection-facts.ts";

/** Subscriptions that are remembered of one connection. */
const subscriptionsMax = 1_000;

/** The connections that ended last, for monitoring: a bounded number. */
export class ClosedConnections {
  #connections: ClosedConnection[] = [];
  /** Where the oldest is, once there are as many as there may be. */
  #oldest = 0;

  /**
   * Remembers a connection that is about to end, and forgets the oldest where there are more than `countMax`.
   *
   * @param reason - Why it ends, in the words of nats-server.
   */
  add(connection: ConnectionFacts, reason: string, stoppedAtMs: number, countMax: number): void {
    if (this.#connections.length > countMax) this.#keep(countMax);
    if (countMax === 0) return;
    const closed = {
      ...connection,
      traffic: { ...connection.traffic },
      subscriptions: firstOf(connection.subscriptions),
      stoppedAtMs,
      reason,
    };
    if (this.#connections.length < countMax) {
      if (this.#oldest > 0) this.#keep(countMax);
      this.#connections.push(closed);
      return;
    }
    this.#connections[this.#oldest] = closed;
    this.#oldest = (this.#oldest + 1) % countMax;
  }

  /** All that are remembered, oldest first. A new array. */
  list(): ClosedConnection[] {
    const connections = this.#connections;
    return [...connections.slice(this.#oldest), ...connections.slice(0, this.#oldest)];
  }

  /** Keeps the last `count`, oldest at the front. */
  #keep(count: number): void {
    this.#connections = count === 0 ? [] : this.list().slice(-count);
    this.#oldest = 0;
  }
}

function firstOf(subscriptions: Iterable<SubscriptionFacts>): SubscriptionFacts[] {
  const kept: SubscriptionFacts[] = [];
  for (const subscription of subscriptions) {
    if (kept.length === subscriptionsMax) break;
    // What ends with its connection never got to its last message.
    kept.push({ ...subscription, max: 0 });
  }
  return kept;
}
