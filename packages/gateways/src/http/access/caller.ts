import type { NatsConnection } from "@nats-io/nats-core";
import type { Oxbow } from "oxbow";
import { ControlClient } from "oxbow/control";
import { clientOver } from "oxbow/internal";

/** Somebody who asks, with a connection of its own to the engine, which decides what it may do. */
export class Caller {
  readonly connection: NatsConnection;
  readonly control: ControlClient;
  #client: Oxbow | undefined = undefined;

  constructor(connection: NatsConnection) {
    this.connection = connection;
    this.control = new ControlClient(connection);
  }

  /** For messages. */
  get client(): Oxbow {
    this.#client ??= clientOver(this.connection, "http", { name: "HTTP" });
    return this.#client;
  }
}
