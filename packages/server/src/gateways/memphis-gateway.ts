import { type NatsConnection, wsconnect } from "@nats-io/nats-core";
import type { Host } from "@oxbow/base";
import type { Engine } from "@oxbow/engine";
import { MemphisGateway } from "@oxbow/gateways/memphis";
import { connectFor } from "./client-connection.ts";

/** The account that clients of Memphis are in: the one of everybody who was given no other. */
const account = "$G";
const name = "oxbow memphis";

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
      connect: () => connectOwn(engine),
      connectAs: (credentials, client) => connectFor(engine, name, credentials, client),
    },
  });
}

function connectOwn(engine: Engine): Promise<NatsConnection> {
  return wsconnect({
    servers: "ws://in-process",
    wsFactory: () =>
      Promise.resolve({
        socket: engine.webSocketInProcess({ user: name, account }),
        encrypted: false,
      }),
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    ignoreClusterUpdates: true,
  });
}
