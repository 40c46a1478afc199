import type { ClosedConnection, ConnectionFacts } from "../connection/connection-facts.ts";

type Shown = ConnectionFacts | ClosedConnection;
type Order = (a: Shown, b: Shown) => number;

/** By what connections can be sorted, in the words of nats-server. */
export function connectionOrder(name: string, nowMs: number): Order | undefined {
  const uptime = (facts: Shown): number => stopOf(facts, nowMs) - facts.startedAtMs;
  const orders: Readonly<Record<string, Order>> = {
    cid: ascending(({ id }) => id),
    start: ascending(({ id }) => id),
    subs: descending(({ subscriptionCount }) => subscriptionCount),
    pending: descending(({ pendingBytes }) => pendingBytes),
    msgs_to: descending(({ traffic }) => traffic.outMessages),
    msgs_from: descending(({ traffic }) => traffic.inMessages),
    bytes_to: descending(({ traffic }) => traffic.outBytes),
    bytes_from: descending(({ traffic }) => traffic.inBytes),
    last: descending(({ lastActivityAtMs }) => lastActivityAtMs),
    idle: ascending(({ lastActivityAtMs }) => lastActivityAtMs),
    uptime: ascending(uptime),
    stop: descending((facts) => stopOf(facts, nowMs)),
    reason: (a, b) => compareTexts(reasonOf(a), reasonOf(b)),
    rtt: descending(({ rttMs }) => rttMs),
  };
  return Object.hasOwn(orders, name) ? orders[name] : undefined;
}

function ascending(key: (facts: Shown) => number): Order {
  return (a, b) => key(a) - key(b);
}

function descending(key: (facts: Shown) => number): Order {
  return (a, b) => key(b) - key(a);
}

function stopOf(facts: Shown, nowMs: number): number {
  return "stoppedAtMs" in facts ? facts.stoppedAtMs : nowMs;
}

function reasonOf(facts: Shown): string {
  return "reason" in facts ? facts.reason : "";
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
