import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Logger } from "@oxbow/base";
import type { TlsEntrance } from "./tls-entrance.ts";

/** Connections at a time, those included that shake hands still. What answers has a bound of its own below. */
const socketsMax = 8_192;

/** Where a door is. */
export interface DoorAddress {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** What answers behind a door. */
interface DoorGateway {
  /** Takes in somebody who has just connected. */
  accept(socket: Socket): void;
  /** Answers what is under way, and ends. */
  close(): Promise<void>;
}

/**
 * A port for HTTP. What answers there takes a tenth of a second and 20 MiB to load, so it is loaded when somebody first
 * connects: until then it costs a socket.
 */
export class LazyDoor {
  readonly #load: () => Promise<DoorGateway>;
  readonly #logger: Logger;
  readonly #server: Server;
  readonly #entrance: TlsEntrance | undefined;
  readonly #sockets: Set<Socket> = new Set();
  #gateway: Promise<DoorGateway> | undefined = undefined;
  #isClosed = false;

  private constructor(
    load: () => Promise<DoorGateway>,
    logger: Logger,
    server: Server,
    entrance: TlsEntrance | undefined,
  ) {
    this.#load = load;
    this.#logger = logger;
    this.#server = server;
    this.#entrance = entrance;
  }

  /**
   * Rejects with the network's error (`EADDRINUSE` …) where it can't listen.
   *
   * @param entrance - Where connections are encrypted.
   */
  static async open(
    load: () => Promise<DoorGateway>,
    logger: Logger,
    { host, port }: DoorAddress,
    entrance?: TlsEntrance,
  ): Promise<LazyDoor> {
    const server = createServer();
    const door = new LazyDoor(load, logger, server, entrance);
    entrance?.onEncrypted((socket) => door.#hand(socket));
    server.on("connection", (socket) => door.#take(socket));
    server.listen(port, host);
    await once(server, "listening");
    return door;
  }

  /** The port in use, also where 0 was asked for. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Whether connections are encrypted. */
  get isEncrypted(): boolean {
    return this.#entrance !== undefined;
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
    if (this.#sockets.size >= socketsMax) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    // Somebody who leaves while the gateway is loaded is nothing to report.
    socket.once("error", () => socket.destroy());
    if (this.#entrance === undefined) this.#hand(socket);
    else this.#entrance.take(socket);
  }

  #hand(socket: Socket): void {
    this.#gateway ??= this.#load();
    this.#gateway.then(
      (gateway) => {
        if (!socket.destroyed && !this.#isClosed) gateway.accept(socket);
      },
      (error: Error) => {
        this.#gateway = undefined;
        socket.destroy();
        this.#logger.error({ error: error.message }, "HTTP can't be served");
      },
    );
  }
}
