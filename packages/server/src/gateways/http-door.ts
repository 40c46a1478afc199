import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { Host } from "@oxbow/base";
import type { Engine } from "@oxbow/engine";
import type { HttpGateway } from "@oxbow/gateways/http";
import type { OwnerCredentials } from "../accounts/owner-credentials.ts";
import { programVersion } from "../program-version.ts";
import { connectFor } from "./client-connection.ts";

/** Where HTTP is served. */
export interface HttpAddress {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/**
 * The port for HTTP. What answers there takes a tenth of a second and 20 MiB to load, so it is loaded when somebody first
 * connects: until then it costs a socket.
 */
export class HttpDoor {
  readonly #engine: Engine;
  readonly #world: Host;
  readonly #owner: OwnerCredentials | undefined;
  readonly #server: Server;
  readonly #sockets: Set<Socket> = new Set();
  #gateway: Promise<HttpGateway> | undefined = undefined;
  #isClosed = false;

  private constructor(
    engine: Engine,
    world: Host,
    owner: OwnerCredentials | undefined,
    server: Server,
  ) {
    this.#engine = engine;
    this.#world = world;
    this.#owner = owner;
    this.#server = server;
  }

  /**
   * Rejects with the network's error (`EADDRINUSE` …) where it can't listen.
   *
   * @param owner - Who may log in with a browser where the engine asks nobody who he is.
   */
  static async open(
    engine: Engine,
    world: Host,
    owner: OwnerCredentials | undefined,
    { host, port }: HttpAddress,
  ): Promise<HttpDoor> {
    const server = createServer();
    const door = new HttpDoor(engine, world, owner, server);
    server.on("connection", (socket) => door.#take(socket));
    server.listen(port, host);
    await once(server, "listening");
    return door;
  }

  /** The port in use, also where 0 was asked for. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes in nobody any more, answers what is under way, and ends. To be called before the engine is closed. */
  async close(): Promise<void> {
    this.#stopListening();
    const gateway = await this.#gateway?.catch(() => undefined);
    await gateway?.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends at once. */
  destroy(): void {
    this.#stopListening();
    for (const socket of this.#sockets) socket.destroy();
    void this.#gateway?.then((gateway) => gateway.close()).catch(() => undefined);
  }

  #stopListening(): void {
    this.#isClosed = true;
    this.#server.close();
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    // Somebody who leaves while the gateway is loaded is nothing to report.
    socket.once("error", () => socket.destroy());
    this.#gateway ??= this.#load();
    this.#gateway.then(
      (gateway) => {
        if (!socket.destroyed && !this.#isClosed) gateway.accept(socket);
      },
      (error: Error) => {
        this.#gateway = undefined;
        socket.destroy();
        this.#world.logger.error({ error: error.message }, "HTTP can't be served");
      },
    );
  }

  async #load(): Promise<HttpGateway> {
    const { HttpGateway } = await import("@oxbow/gateways/http");
    const engine = this.#engine;
    const { clock, logger } = this.#world;
    return HttpGateway.open({
      clock,
      logger,
      version: programVersion(),
      consoleDirectory: fileURLToPath(
        new URL("./dist/", import.meta.resolve("@oxbow/console/package.json")),
      ),
      engine: {
        get isOpen() {
          return !engine.isAuthRequired;
        },
        get hasUsers() {
          return engine.options.auth.mode !== "none";
        },
        owner: this.#owner,
        connectAs: (credentials, client) => connectFor(engine, "oxbow http", credentials, client),
        connectTo: async (tenant) => {
          const { connectToTenant } = await import("./tenant-connection.ts");
          return connectToTenant(engine, tenant);
        },
      },
    });
  }
}
