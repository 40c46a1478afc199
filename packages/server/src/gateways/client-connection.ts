import { type NatsConnection, wsconnect } from "@nats-io/nats-core";
import type { Engine } from "@oxbow/engine";
import type { ClientAddress, Credentials } from "@oxbow/gateways/memphis";

/**
 * A connection to an engine of this process in the name of a client elsewhere, which has to say who it is as if it had come
 * by the port itself. It does not come back by itself: who is not let in any more is not let in again.
 *
 * @param name - What the connection calls itself.
 */
export function connectFor(
  engine: Engine,
  name: string,
  { user, password, token }: Credentials,
  client: ClientAddress,
): Promise<NatsConnection> {
  return wsconnect({
    servers: "ws://in-process",
    wsFactory: () => Promise.resolve({ socket: engine.webSocketFor(client), encrypted: false }),
    name,
    reconnect: false,
    ignoreClusterUpdates: true,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { pass: password }),
    ...(token !== undefined && { token }),
  });
}
