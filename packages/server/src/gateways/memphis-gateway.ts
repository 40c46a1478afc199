import { type NatsConnection, wsconnect } from "@nats-io/nats-core";
import type { Host } from "@oxbow/base";
import type { Engine } from "@oxbow/engine";
import { type Credentials, MemphisGateway } from "@oxbow/gateways/memphis";

/** The account that clients of Memphis are in: the one of everybody who was given no other. */
const account = "$G";
const own = { user: "oxbow memphis", account };

/** A gateway for clients of Memphis before an engine of this process. */
export function openMemphisGateway(
  engine: Engine,
  { clock, logger }: Host,
): Promise<MemphisGateway> {
  return MemphisGateway.open({
    clock,
    logger,
    engine: {
      dial: (client) => Promise.resolve(engine.connectFor(client)),
      connect: () => connect(() => engine.webSocketInProcess(own), {}, true),
      // A user who is not let in any more is not let in again.
      connectAs: (credentials, client) =>
        connect(() => engine.webSocketFor(client), credentials, false),
    },
  });
}

function connect(
  open: () => WebSocket,
  { user, password, token }: Credentials,
  reconnect: boolean,
): Promise<NatsConnection> {
  return wsconnect({
    servers: "ws://in-process",
    wsFactory: () => Promise.resolve({ socket: open(), encrypted: false }),
    name: "oxbow memphis",
    reconnect,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    ignoreClusterUpdates: true,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { pass: password }),
    ...(token !== undefined && { token }),
  });
}
