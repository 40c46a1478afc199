import type { NatsConnection } from "@nats-io/nats-core";
import type { Oxbow } from "oxbow";
import { ControlClient } from "oxbow/control";
import { clientOver, type Tracing } from "oxbow/internal";

/** Somebody who asks, with a connection of its own to the engine, which decides what it may do. */
export class Caller {
  readonly connection: NatsConnection;
  readonly control: ControlClient;
  /** By which the same user is known again, on whatever connection; nothing can be learnt from it. */
  readonly identity: string;
  readonly #tracing: Tracing | undefined;
  #client: Oxbow | undefined = undefined;
  #requests = 0;

  /** @param tracing - Writes down what it does. */
  constructor(connection: NatsConnection, identity: string, tracing?: Tracing) {
    this.#tracing = tracing;
    this.identity = identity;
    this.connection = connection;
    this.control = new ControlClient(connection, { tracing });
  }

  /** Whether a request is under way, such as one that streams for as long as somebody reads. */
  get isBusy(): boolean {
    return this.#requests > 0;
  }

  /** A request begins. @returns To be called once when it is over. */
  begin(): () => void {
    this.#requests += 1;
    return () => {
      this.#requests -= 1;
    };
  }

  /** For messages. */
  get client(): Oxbow {
    this.#client ??= clientOver(this.connection, "http", {
      name: "HTTP",
      ...(this.#tracing !== undefined && { tracing: this.#tracing }),
    });
    return this.#client;
  }
}
