import type { NatsConnection } from "@nats-io/nats-core";

/** A connection that does nothing but end, and tell of it. */
export class StandingConnection {
  readonly #closed = Promise.withResolvers<undefined>();
  isOver = false;

  closed(): Promise<undefined> {
    return this.#closed.promise;
  }

  close(): Promise<void> {
    this.isOver = true;
    this.#closed.resolve(undefined);
    return Promise.resolve();
  }

  drain(): Promise<void> {
    return this.close();
  }

  get asConnection(): NatsConnection {
    return this as unknown as NatsConnection;
  }
}
