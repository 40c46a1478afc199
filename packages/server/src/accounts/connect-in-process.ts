import { type NatsConnection, wsconnect } from "@nats-io/nats-core";
import type { Engine, InProcessUser } from "@oxbow/engine";

/** Connects a part of the server to its own engine, for which it needs no credentials. It does not come back by itself. */
export function connectInProcess(engine: Engine, user: InProcessUser): Promise<NatsConnection> {
  return wsconnect({
    servers: "ws://in-process",
    name: user.user,
    reconnect: false,
    wsFactory: async () => ({ socket: engine.webSocketInProcess(user), encrypted: false }),
  });
}
