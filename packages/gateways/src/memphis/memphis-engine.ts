import type { NatsConnection } from "@nats-io/nats-core";
import type { Socket } from "@oxbow/base";
import type { Credentials } from "./credentials.ts";

/** The server behind the gateway: Oxbow's own engine, or any that speaks NATS with JetStream. */
export interface MemphisEngine {
  /** A new connection as bytes, over which the gateway passes on what a client says. What it says first is INFO. */
  dial(): Promise<Socket>;
  /**
   * The official client on a new connection.
   *
   * @param credentials - Those of a user, in whose name something is done; `undefined` for the gateway itself.
   */
  connect(credentials: Credentials | undefined): Promise<NatsConnection>;
}
