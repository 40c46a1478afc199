import type { NatsConnection } from "@nats-io/nats-core";
import type { Oxbow } from "oxbow";
import { ControlClient } from "oxbow/control";
import { clientOver } from "oxbow/internal";

/** Somebody who asks, with a connection of its own to the engine, which decides what it may do. */
export class Caller {
  readonly connection: NatsConnection;
  readonly control: ControlClient;
  /** By which the same user is known again, on whatever connection; nothing can be learnt from it. */
  readonly identity: string;
  #client: Oxbow | undefined = undefined;

  constructor(connection: NatsConnection, identity: string) {
    this.identity = identity;
    this.connection = connection;
    this.control = new ControlClient(connection);
  }

  /** For messages. */
  get client(): Oxbow {
    this.#client ??= clientOver(this.connection, "http", { name: "HTTP" });
    return this.#client;
  }
}
