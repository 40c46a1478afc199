import type { Listener, Socket } from "@oxbow/base";
import { errFrame } from "@oxbow/wire/nats";
import { makeNonce } from "../auth/nonce.ts";
import type { LeafnodeOptions, ListenAddress, TlsOptions } from "../options/transports.ts";
import { DoorLog } from "./door-log.ts";
import type { DoorServices } from "./door-services.ts";
import { Entrance, type EntranceRules } from "./entrance.ts";
import { LeafConnection } from "./leaf-connection.ts";
import { PortTls } from "./port-tls.ts";

/** The port where other servers would join as leaf nodes. It greets as such a port does, and takes nobody in. */
export class LeafPort {
  readonly #options: LeafnodeOptions;
  readonly #services: DoorServices;
  readonly #log: DoorLog;
  #tls: PortTls | undefined;
  #listener: Listener | undefined = undefined;
  #isClosed = false;

  private constructor(options: LeafnodeOptions, services: DoorServices) {
    this.#options = options;
    this.#services = services;
    this.#log = new DoorLog(services.host.logger, services.host.clock);
    this.#tls = PortTls.ofPort(options.tls, services.host);
  }

  /** Opens the port. Rejects with the network's error where it cannot listen. */
  static async open(options: LeafnodeOptions, services: DoorServices): Promise<LeafPort> {
    const port = new LeafPort(options, services);
    port.#listener = await services.host.net.listen(options, (socket) => port.#accept(socket));
    return port;
  }

  /** Where it listens, with the port in use. */
  get address(): ListenAddress {
    const { host, port } = this.#listener as Listener;
    return { host, port };
  }

  /**
   * Makes another encryption ready.
   *
   * @returns What puts it into force for the connections that come from then on.
   * @throws `ENGINE_OPTION_INVALID`
   */
  prepareTls(tls: TlsOptions | undefined): () => void {
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
    const { host, connections, connectionServices } = this.#services;
    if (this.#isClosed || connections.isFull(connectionServices.limits.connectionsMax)) {
      socket.destroy();
      return;
    }
    const info = this.#encodeInfo(connections.nextId());
    if (this.#tls === undefined) {
      this.#enter(socket, info, undefined);
      return;
    }
    const rules: EntranceRules = {
      clock: host.clock,
      log: this.#log,
      tls: this.#tls,
      allowsPlain: false,
      beginsEncrypted: this.#tls.options.handshakeFirst ?? false,
      readsProxyHeader: false,
    };
    const entrance: Entrance = new Entrance(socket, rules, {
      greet: () => info,
      refuse: errFrame,
      onEntered: (entered) => {
        connections.leave(entrance);
        this.#enter(entered.socket, entered.isGreeted ? undefined : info, entered.head);
      },
      onTurnedAway: () => connections.leave(entrance),
    });
    connections.enter(entrance);
    entrance.begin();
  }

  #enter(socket: Socket, info: Buffer | undefined, head: Buffer | undefined): void {
    const { host, connections, connectionServices } = this.#services;
    const connection = new LeafConnection(socket, info, {
      clock: host.clock,
      log: this.#log,
      timeoutMs: this.#options.authTimeoutMs ?? connectionServices.limits.authTimeoutMs,
      onClosed: (over) => connections.leave(over),
    });
    connections.enter(connection);
    if (head !== undefined && head.length > 0) connection.onData(head);
  }

  #encodeInfo(clientId: number): Buffer {
    const { host, connectionServices } = this.#services;
    const { port } = this.address;
    return connectionServices.serverInfo.encodeLeaf({
      clientId,
      nonce: makeNonce(host.random),
      host: this.#options.host,
      port,
      publicHost: this.#publicHost(),
      payloadMax: connectionServices.limits.payloadMax,
      isTlsRequired: this.#tls !== undefined,
      isTlsVerified: this.#tls?.isVerified ?? false,
    });
  }

  /** Where others reach it: the first address of this machine, if it listens on all of them. */
  #publicHost(): string {
    const { host } = this.#options;
    if (host !== "0.0.0.0" && host !== "::") return host;
    return this.#services.host.net.publicAddresses()[0] ?? host;
  }
}
