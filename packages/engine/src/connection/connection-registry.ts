import type { Clock, Socket } from "@oxbow/base";
import { ClientConnection } from "./client-connection.ts";
import type { ConnectionServices } from "./connection-services.ts";
import type { Door } from "./door.ts";

/** Somebody who is on the way in, and is no client connection yet. */
export interface Arriving {
  destroy(): void;
}

/** The client connections of an engine. */
export class ConnectionRegistry {
  readonly #connections: Map<number, ClientConnection> = new Map();
  readonly #arriving: Set<Arriving> = new Set();
  #lastId = 0;
  /** Set while {@link closeAll} waits for the last connection. */
  #onEmpty: (() => void) | undefined = undefined;

  get count(): number {
    return this.#connections.size;
  }

  [Symbol.iterator](): IterableIterator<ClientConnection> {
    return this.#connections.values();
  }

  /** The client of that number, while it is connected. */
  find(id: number): ClientConnection | undefined {
    return this.#connections.get(id);
  }

  /** A number for somebody who comes in. Numbers are given once. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Counts somebody who is on the way in until {@link leave}. */
  enter(arriving: Arriving): void {
    this.#arriving.add(arriving);
  }

  leave(arriving: Arriving): void {
    this.#arriving.delete(arriving);
  }

  /** Whether one more would be too many. */
  isFull(connectionsMax: number): boolean {
    return this.#connections.size + this.#arriving.size >= connectionsMax;
  }

  /** Takes over a socket that was accepted; one too many is told so and closed. */
  accept(id: number, socket: Socket, services: ConnectionServices, door: Door): ClientConnection {
    const isFull = this.isFull(services.limits.connectionsMax);
    const connection = new ClientConnection(id, socket, services, door);
    connection.onClosed = () => this.#remove(connection);
    this.#connections.set(id, connection);
    services.counters.connections++;
    if (isFull) connection.close("maximum connections exceeded");
    return connection;
  }

  /** Forgets a connection that is over. */
  #remove(connection: ClientConnection): void {
    this.#connections.delete(connection.id);
    if (this.#connections.size === 0) this.#onEmpty?.();
  }

  /** Tells the clients that the server is about to stop, so that they go elsewhere. */
  announceLameDuck(): void {
    for (const connection of this) connection.announceLameDuck();
  }

  /** Closes every connection once what waits for it is sent; those that take longer than `graceMs` at once. */
  closeAll(clock: Clock, graceMs: number): Promise<void> {
    for (const arriving of [...this.#arriving]) arriving.destroy();
    for (const connection of [...this]) connection.end();
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = clock.setTimer(graceMs, () => this.destroyAll());
      this.#onEmpty = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  /** Closes every connection at once. */
  destroyAll(): void {
    for (const arriving of [...this.#arriving]) arriving.destroy();
    for (const connection of [...this]) connection.destroy();
  }
}
