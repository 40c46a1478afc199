import net from "node:net";
import type {
  Listener,
  Logger,
  Net,
  Socket,
  TlsContext,
  TlsContextOptions,
  WebSocketContext,
  WebSocketContextOptions,
} from "@oxbow/base";
import { NodeSocket } from "./node-socket.ts";
import { NodeTlsContext } from "./node-tls.ts";
import { NodeWebSocketContext } from "./node-web-socket-context.ts";
import { publicAddresses } from "./public-addresses.ts";

/** Connections the kernel may hold until they are accepted; it caps this at its own limit (`somaxconn`). */
const BACKLOG = 4096;

/** Quiet time after which the kernel probes whether the peer is still there. */
const KEEP_ALIVE_MS = 15_000;

/** Every address of this machine. Whoever asks for those of IPv4 gets those of IPv6 as well, as from a Go program. */
const anyIpv4 = "0.0.0.0";
const anyIpv6 = "::";

/** What listening on IPv6 fails with where there is none. */
const withoutIpv6: ReadonlySet<string> = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL", "EINVAL"]);

/** TCP of this machine, with what Node builds on it. */
export class NodeNet implements Net {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  async listen(
    options: { readonly host: string; readonly port: number },
    onConnection: (socket: Socket) => void,
  ): Promise<Listener> {
    if (options.host !== anyIpv4) return this.#listen(options, options.host, onConnection);
    try {
      return await this.#listen({ ...options, host: anyIpv6 }, anyIpv4, onConnection);
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (!withoutIpv6.has(code)) throw error;
      return this.#listen(options, anyIpv4, onConnection);
    }
  }

  createTlsContext(options: TlsContextOptions): TlsContext {
    return new NodeTlsContext(options);
  }

  createWebSocketContext(options: WebSocketContextOptions): WebSocketContext {
    return new NodeWebSocketContext(options);
  }

  publicAddresses(): readonly string[] {
    return publicAddresses();
  }

  /** @param shownHost - What the listener says it listens on. */
  #listen(
    options: { readonly host: string; readonly port: number },
    shownHost: string,
    onConnection: (socket: Socket) => void,
  ): Promise<Listener> {
    const server = net.createServer(
      {
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
        // The peer's FIN ends the connection, once what we had to say is sent.
        allowHalfOpen: false,
      },
      (socket) => onConnection(new NodeSocket(socket)),
    );
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: options.host, port: options.port, backlog: BACKLOG }, () => {
        server.off("error", reject);
        // Accepting can fail later, when descriptors run out; the connections that are open go on.
        server.on("error", (error: NodeJS.ErrnoException) =>
          this.#logger.error({ code: error.code, err: error }, "accepting connections failed"),
        );
        resolve(new NodeListener(server, shownHost));
      });
    });
  }
}

class NodeListener implements Listener {
  readonly host: string;
  readonly port: number;
  readonly #server: net.Server;

  constructor(server: net.Server, shownHost: string) {
    const address = server.address() as net.AddressInfo;
    this.host = net.isIP(shownHost) === 0 ? address.address : shownHost;
    this.port = address.port;
    this.#server = server;
  }

  /** The port is free when this returns; `close`'s own callback would wait for the connections as well. */
  async close(): Promise<void> {
    this.#server.close();
  }
}
