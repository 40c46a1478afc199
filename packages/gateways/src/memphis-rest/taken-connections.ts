import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Gives connections that somebody else has accepted to a server that listens nowhere itself. */
export class TakenConnections {
  readonly #server: Server;
  readonly #countMax: number;
  #count = 0;

  /** @param countMax - Connections at a time; those beyond are closed. */
  constructor(server: Server, countMax: number) {
    this.#server = server;
    this.#countMax = countMax;
    // Node's server begins to look after the times of requests when it listens, and this one never does.
    server.emit("listening");
  }

  take(socket: Socket): void {
    if (this.#count >= this.#countMax) {
      socket.destroy();
      return;
    }
    this.#count += 1;
    socket.once("close", () => {
      this.#count -= 1;
    });
    this.#server.emit("connection", socket);
  }

  /**
   * Ends those that ask nothing, has what is under way answered, and ends the others.
   *
   * @param finish - Resolves once everything is answered.
   */
  async close(finish: () => Promise<void>): Promise<void> {
    this.#server.closeIdleConnections();
    await finish();
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
