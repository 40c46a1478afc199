import type { NatsConnection } from "@nats-io/nats-core";
import type { Socket } from "@oxbow/base";
import type { ClientAddress, Credentials } from "../credentials.ts";

/** The server behind the gateway: Oxbow's own engine, or any that speaks NATS with JetStream. */
export interface MemphisEngine {
  /** A new connection as bytes, over which the gateway passes on what a client says. What it says first is INFO. */
  dial(client: ClientAddress): Promise<Socket>;
  /** The official client on a new connection, in the name of a user. */
  connectAs(credentials: Credentials, client: ClientAddress): Promise<NatsConnection>;
  /** The same for the gateway itself, which may do everything in the account of its clients. */
  connect(): Promise<NatsConnection>;
}
