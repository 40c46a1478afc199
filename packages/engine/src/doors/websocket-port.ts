import type { Listener, Socket, WebSocketContext } from "@oxbow/base";
import type { Arriving } from "../connection/connection-registry.ts";
import { makeDoor, type PortInfo } from "../connection/door.ts";
import { engineError } from "../errors.ts";
import type { ListenAddress, TlsOptions, WebSocketOptions } from "../options/transports.ts";
import { advertisedAddress } from "./advertised.ts";
import { DoorLog } from "./door-log.ts";
import type { DoorServices } from "./door-services.ts";
import { type Entered, Entrance } from "./entrance.ts";
import { OriginRule } from "./origin-rule.ts";
import { PortTls } from "./port-tls.ts";
import { readUpgrade, type Upgrade } from "./upgrade.ts";

/** How long a client may take for its request, unless the options say otherwise. */
export const upgradeTimeoutMs = 2_000;

/** Bytes of a compressed message of a client that has not authenticated, before and after decompression. */
export const untrustedMessageSizeMax: number = 16 * 1024;

/** Room in a compressed message for more than one largest payload: what clients gather before they send it. */
const gatheredSize = 64 * 1024;
const inflatedSizeFactor = 2;

/** What a web server says to those who do not encrypt. */
const plainRefusal = Buffer.from(
  "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n" +
    "Client sent an HTTP request to an HTTPS server.\n",
);

/** The port where clients come in over WebSocket, encrypted or not. */
export class WebSocketPort {
  readonly #options: WebSocketOptions;
  readonly #services: DoorServices;
  readonly #log: DoorLog;
  readonly #origins: OriginRule;
  readonly #context: WebSocketContext;
  #tls: PortTls | undefined;
  #listener: Listener | undefined = undefined;
  #info: PortInfo;
  #isClosed = false;

  private constructor(options: WebSocketOptions, services: DoorServices) {
    this.#options = options;
    this.#services = services;
    this.#log = new DoorLog(services.host.logger, services.host.clock);
    this.#origins = new OriginRule(options);
    this.#context = services.host.net.createWebSocketContext({
      compression: options.compression ?? false,
      inflatedSizeMax:
        inflatedSizeFactor * services.connectionServices.limits.payloadMax + gatheredSize,
      untrustedSizeMax: untrustedMessageSizeMax,
    });
    this.#tls = PortTls.ofPort(options.tls, services.host);
    this.#info = makeInfo(options, options.port);
    // Nobody is told of it as long as there is one server; it is checked all the same.
    advertisedAddress("websocket.advertise", options.advertise, options);
  }

  /** Opens the port. Rejects with the network's error where it cannot listen. */
  static async open(options: WebSocketOptions, services: DoorServices): Promise<WebSocketPort> {
    const port = new WebSocketPort(options, services);
    port.#listener = await services.host.net.listen(options, (socket) => port.#accept(socket));
    port.#info = makeInfo(options, port.#listener.port);
    return port;
  }

  /** Where it listens, with the port in use. */
  get address(): ListenAddress {
    const { host, port } = this.#listener as Listener;
    return { host, port };
  }

  /**
   * Makes other certificates ready, and who may come with which.
   *
   * @returns What puts them into force for the connections that come from then on.
   * @throws `ENGINE_OPTION_INVALID`, also where encryption would begin or end: the whole port is one or the other.
   */
  prepareTls(tls: TlsOptions | undefined): () => void {
    if ((tls === undefined) !== (this.#tls === undefined)) {
      throw engineError(
        "ENGINE_OPTION_INVALID",
        "websocket.tls cannot come or go while it listens",
      );
    }
    const prepared = PortTls.ofPort(tls, this.#services.host);
    return () => {
      this.#tls = prepared;
    };
  }

  /** Takes no more connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#listener?.close();
  }

  #accept(socket: Socket): void {
    const { connections, connectionServices } = this.#services;
    // One too many is told so, once it can be: as many again may be on the way in.
    if (this.#isClosed || connections.isFull(2 * connectionServices.limits.connectionsMax)) {
      socket.destroy();
      return;
    }
    if (this.#tls === undefined) this.#upgrade(socket, undefined);
    else this.#encrypt(socket, this.#tls);
  }

  #encrypt(socket: Socket, tls: PortTls): void {
    const { host, connections } = this.#services;
    const rules = {
      clock: host.clock,
      log: this.#log,
      tls,
      allowsPlain: false,
      beginsEncrypted: true,
      readsProxyHeader: false,
    };
    const entrance: Entrance = new Entrance(socket, rules, {
      greet: () => Buffer.alloc(0),
      refuse: () => plainRefusal,
      onEntered: (entered) => {
        connections.leave(entrance);
        this.#upgrade(entered.socket, entered);
      },
      onTurnedAway: () => connections.leave(entrance),
    });
    connections.enter(entrance);
    entrance.begin();
  }

  /** Waits for the request, and lets the client in if it is a good one. */
  #upgrade(socket: Socket, entered: Entered | undefined): void {
    const { host, connections } = this.#services;
    const arriving: Arriving = {
      destroy: () => {
        this.#log.ignored(socket, "no request for WebSocket");
        timer.cancel();
        connections.leave(arriving);
        socket.destroy();
      },
    };
    const timeoutMs = this.#options.handshakeTimeoutMs ?? upgradeTimeoutMs;
    const timer = host.clock.setTimer(timeoutMs, () => arriving.destroy());
    let upgrade: Upgrade | undefined;
    connections.enter(arriving);
    socket.startWebSocket(
      this.#context,
      (request) => {
        const read = readUpgrade(request, this.#options, this.#origins);
        if ("status" in read) {
          this.#log.refused(socket, `websocket handshake error: ${read.reason}`);
          return { status: read.status };
        }
        upgrade = read;
        return { headers: this.#options.headers ?? {} };
      },
      (result) => {
        timer.cancel();
        connections.leave(arriving);
        // Once refused, the answer is sent and the connection ends by itself.
        if (!(result instanceof Error)) this.#enter(result, upgrade as Upgrade, entered);
      },
    );
  }

  #enter(socket: Socket, upgrade: Upgrade, entered: Entered | undefined): void {
    const { connections, connectionServices } = this.#services;
    const door = makeDoor(socket, this.#info, {
      type: "WEBSOCKET",
      forwardedAddress: upgrade.forwardedAddress,
      peerCertificate: entered?.certificate,
      credentials: upgrade.credentials,
      authTimeoutMs: this.#options.authTimeoutMs,
      pingIntervalMs: this.#options.pingIntervalMs,
    });
    connections.accept(connections.nextId(), socket, connectionServices, door);
  }
}

function makeInfo(options: WebSocketOptions, port: number): PortInfo {
  const hasTls = options.tls !== undefined;
  return {
    host: options.host,
    port,
    isTlsRequired: hasTls,
    isTlsAvailable: hasTls,
    isTlsVerified: false,
  };
}
