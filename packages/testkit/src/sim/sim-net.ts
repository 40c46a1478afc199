import {
  assert,
  type Listener,
  type Net,
  type Socket,
  type TlsContext,
  type WebSocketContext,
} from "@oxbow/base";
import { errnoError } from "./errno.ts";
import type { Life } from "./life.ts";
import type { SimLoop } from "./sim-loop.ts";
import type { SimRandom } from "./sim-random.ts";
import { SimSocket, type SocketSide } from "./sim-socket.ts";

/** How a simulated network behaves. */
export interface SimNetworkOptions {
  /** Bounds of how long bytes take, in virtual milliseconds. Default 0.01 to 0.2. */
  readonly latencyMs?: readonly [min: number, max: number];
  /** Chance, per piece sent, that the connection is reset instead, from 0 to 1. Default 0. */
  readonly resetChance?: number;
  /** Bytes the network holds of what a peer does not read. Default 64 KiB. */
  readonly windowBytes?: number;
}

const FIRST_FREE_PORT = 20_000;
const FIRST_CLIENT_PORT = 40_000;

/**
 * The network between the simulated processes, as loopback is: ports, connections, and all the faults of a byte
 * stream. Bytes arrive in order and unchanged, but in pieces of seeded sizes, split and joined anywhere, after seeded
 * delays. Connections are reset at random if asked for, by {@link resetAll}, and when a process dies. A peer
 * that does not read fills the window, and then `pendingBytes` grows.
 */
export class SimNetwork {
  readonly #loop: SimLoop;
  readonly #random: SimRandom;
  readonly #options: SimNetworkOptions;
  readonly #listeners = new Map<number, SimListener>();
  readonly #sockets = new Set<SimSocket>();
  #nextClientPort = FIRST_CLIENT_PORT;

  constructor(loop: SimLoop, random: SimRandom, options: SimNetworkOptions = {}) {
    this.#loop = loop;
    this.#random = random;
    this.#options = options;
  }

  /** Connections that are open, counted from both ends. */
  get openSocketCount(): number {
    return this.#sockets.size;
  }

  /** Resets every connection that is open. */
  resetAll(): void {
    for (const socket of [...this.#sockets]) socket.reset();
  }

  /** @internal */
  listen(
    life: Life,
    options: { readonly host: string; readonly port: number },
    onConnection: (socket: Socket) => void,
  ): Promise<Listener> {
    return new Promise((resolve, reject) => {
      this.#loop.schedule(life, this.#latencyMs(), `listen ${options.port}`, () => {
        const port = options.port === 0 ? this.#freePort() : options.port;
        if (this.#listeners.has(port)) {
          reject(errnoError("EADDRINUSE", `address already in use ${options.host}:${port}`));
          return;
        }
        const remove = (): void => void this.#listeners.delete(port);
        this.#listeners.set(port, new SimListener(life, options.host, port, onConnection, remove));
        life.onEnd(remove);
        resolve(this.#listeners.get(port) as Listener);
      });
    });
  }

  /** @internal */
  connect(life: Life, port: number): Promise<Socket> {
    return new Promise((resolve, reject) => {
      this.#loop.schedule(life, this.#latencyMs(), `connect ${port}`, () => {
        const listener = this.#listeners.get(port);
        if (!listener) {
          reject(errnoError("ECONNREFUSED", `connection refused, port ${port}`));
          return;
        }
        const clientPort = this.#nextClientPort;
        this.#nextClientPort += 1;
        const name = `${clientPort}>${port}`;
        const client = new SimSocket(this.#side(life, name), port);
        const server = new SimSocket(this.#side(listener.life, name), clientPort);
        client.pair(server);
        server.pair(client);
        this.#loop.schedule(listener.life, this.#latencyMs(), `accept ${name}`, () => {
          listener.onConnection(server);
        });
        resolve(client);
      });
    });
  }

  /** @internal What a socket needs of the network. */
  #side(life: Life, name: string): SocketSide {
    return {
      life,
      name,
      random: this.#random,
      windowBytes: this.#options.windowBytes ?? 65_536,
      schedule: (label, run, extraMs = 0) => {
        this.#loop.schedule(life, this.#latencyMs() + extraMs, `net ${name} ${label}`, run);
      },
      isReset: () => this.#random.chance(this.#options.resetChance ?? 0),
      opened: (socket) => this.#sockets.add(socket),
      closed: (socket) => this.#sockets.delete(socket),
    };
  }

  #latencyMs(): number {
    const [min, max] = this.#options.latencyMs ?? [0.01, 0.2];
    return this.#random.between(min, max);
  }

  #freePort(): number {
    let port = FIRST_FREE_PORT;
    while (this.#listeners.has(port)) port += 1;
    assert(port < FIRST_CLIENT_PORT, "no port is free");
    return port;
  }
}

/** The network as one process reaches it. */
export class SimNet implements Net {
  readonly #network: SimNetwork;
  readonly #life: Life;

  constructor(network: SimNetwork, life: Life) {
    this.#network = network;
    this.#life = life;
  }

  listen(
    options: { readonly host: string; readonly port: number },
    onConnection: (socket: Socket) => void,
  ): Promise<Listener> {
    return this.#network.listen(this.#life, options, onConnection);
  }

  createTlsContext(): TlsContext {
    throw new Error("the simulated network has no TLS: leave out the option, or use a real one");
  }

  createWebSocketContext(): WebSocketContext {
    throw new Error(
      "the simulated network has no WebSocket: leave out the option, or use a real one",
    );
  }

  /** All simulated processes are on one machine. */
  publicAddresses(): readonly string[] {
    return [];
  }

  /** Opens a connection, as a client of the broker does. Rejects with `ECONNREFUSED` if nobody listens. */
  connect(port: number): Promise<Socket> {
    return this.#network.connect(this.#life, port);
  }
}

class SimListener implements Listener {
  readonly life: Life;
  readonly host: string;
  readonly port: number;
  readonly onConnection: (socket: Socket) => void;
  readonly #remove: () => void;

  constructor(
    life: Life,
    host: string,
    port: number,
    onConnection: (socket: Socket) => void,
    remove: () => void,
  ) {
    this.life = life;
    this.host = host;
    this.port = port;
    this.onConnection = onConnection;
    this.#remove = remove;
  }

  async close(): Promise<void> {
    this.#remove();
  }
}
