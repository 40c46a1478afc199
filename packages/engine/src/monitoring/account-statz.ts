import type { Engine } from "../engine.ts";
import { timestampOf } from "../routing/event-head.ts";
import { LaterList } from "./json-page.ts";

const nothing = { msgs: 0, bytes: 0 };
const noServers = { gateways: nothing, routes: nothing, leafs: nothing };

/**
 * What accounts do, with the fields of nats-server's `/accstatz`.
 *
 * @param names - Only these; none is all.
 * @param hasUnused - Accounts without clients as well.
 */
export function accountStatz(
  engine: Engine,
  names: readonly string[],
  hasUnused: boolean,
): Record<string, unknown> & { readonly account_statz: LaterList } {
  const chosen = names.length === 0 ? [...engine.accounts.keys()] : names;
  return {
    server_id: engine.info.id,
    now: timestampOf(engine.nowMs()),
    account_statz: LaterList.of(
      chosen
        .filter((name) => engine.accounts.has(name))
        .filter((name) => hasUnused || engine.accountConnections(name) > 0),
      (name) => accountStat(engine, name),
    ),
  };
}

/** What one account does. */
export function accountStat(engine: Engine, name: string): Record<string, unknown> {
  const { traffic, subscriptionCount } = engine.account(name);
  const connections = engine.accountConnections(name);
  return {
    acc: name,
    name: engine.accountTag(name),
    conns: connections,
    leafnodes: 0,
    total_conns: connections,
    num_subscriptions: subscriptionCount,
    sent: { msgs: traffic.outMessages, bytes: traffic.outBytes, ...noServers },
    received: { msgs: traffic.inMessages, bytes: traffic.inBytes, ...noServers },
    slow_consumers: traffic.slowConsumers,
  };
}
