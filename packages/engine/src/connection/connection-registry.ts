import type { Clock, Socket } from "@oxbow/base";
import { ClientConnection, type ConnectionServices } from "./client-connection.ts";
import { type Door, plainDoor } from "./door.ts";

/** The client connections of an engine. */
export class ConnectionRegistry {
  readonly #connections: Set<ClientConnection> = new Set();
  #lastId = 0;
  /** Set while {@link closeAll} waits for the last connection. */
  #onEmpty: (() => void) | undefined = undefined;

  get count(): number {
    return this.#connections.size;
  }

  [Symbol.iterator](): IterableIterator<ClientConnection> {
    return this.#connections.values();
  }

  /** Takes over a socket that was accepted; one too many is told so and closed. */
  accept(socket: Socket, services: ConnectionServices, door: Door = plainDoor): void {
    const isFull = this.#connections.size >= services.limits.connectionsMax;
    const connection = new ClientConnection(++this.#lastId, socket, services, door);
    this.#connections.add(connection);
    services.counters.connections++;
    if (isFull) connection.close("maximum connections exceeded");
  }

  /** Forgets a connection that is over. */
  remove(connection: ClientConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#onEmpty?.();
  }

  /** Tells the clients that the server is about to stop, so that they go elsewhere. */
  announceLameDuck(): void {
    for (const connection of this.#connections) connection.announceLameDuck();
  }

  /** Closes every connection once what waits for it is sent; those that take longer than `graceMs` at once. */
  closeAll(clock: Clock, graceMs: number): Promise<void> {
    for (const connection of [...this.#connections]) connection.end();
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
    for (const connection of [...this.#connections]) connection.destroy();
  }
}
