import type { NatsConnection } from "@nats-io/nats-core";
import type { ClientAddress, Credentials } from "../credentials.ts";

/** Somebody who comes in by this door only. */
interface DoorOwner {
  readonly user: string;
  isSame(password: string): Promise<boolean>;
}

/** The server behind the HTTP door: Oxbow's own engine, or any that speaks NATS with JetStream. */
export interface HttpEngine {
  /** Whether who shows no credentials may come in. */
  readonly isOpen: boolean;
  /** Whether it knows any users. If it does not, and is open, it takes whatever it is shown. */
  readonly hasUsers: boolean;
  /** Who may log in with a browser where nobody has to say who he is; `undefined` elsewhere. */
  readonly owner: DoorOwner | undefined;
  /**
   * The official client on a new connection, in the name of a user. It does not reconnect: who is not let in any more is
   * not let in again.
   *
   * @throws nats-core's `AuthorizationError` for credentials that are not right
   */
  connectAs(credentials: Credentials, client: ClientAddress): Promise<NatsConnection>;
  /**
   * The same in the name of the platform itself, to what a tenant has; `undefined` if there is no such tenant. Without it,
   * there are no ingest URLs.
   */
  connectTo?(tenant: string): Promise<NatsConnection | undefined>;
}
