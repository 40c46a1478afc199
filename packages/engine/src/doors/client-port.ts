import type { Listener, Socket } from "@oxbow/base";
import { errFrame } from "@oxbow/wire/nats";
import { makeNonce } from "../auth/nonce.ts";
import { makeDoor, type PortInfo } from "../connection/door.ts";
import type { ListenAddress, TlsOptions } from "../options/transports.ts";
import { advertisedAddress } from "./advertised.ts";
import { DoorLog } from "./door-log.ts";
import type { DoorServices } from "./door-services.ts";
import { Entrance, type EntranceRules } from "./entrance.ts";
import { PortTls } from "./port-tls.ts";

/** How the port of the client protocol is to be. */
export interface ClientPortOptions {
  readonly listen: ListenAddress;
  readonly advertise?: string | undefined;
  readonly tls?: TlsOptions | undefined;
  readonly allowsPlain?: boolean | undefined;
  readonly proxyProtocol?: boolean | undefined;
}

/** The port where clients come in over TCP, encrypted or not. */
export class ClientPort {
  readonly #options: ClientPortOptions;
  readonly #services: DoorServices;
  readonly #log: DoorLog;
  #tls: PortTls | undefined;
  #allowsPlain: boolean;
  #advertise: string | undefined;
  #listener: Listener | undefined = undefined;
  #info: PortInfo;
  #isClosed = false;

  private constructor(options: ClientPortOptions, services: DoorServices) {
    this.#options = options;
    this.#services = services;
    this.#log = new DoorLog(services.host.logger, services.host.clock);
    this.#tls = PortTls.ofPort(options.tls, services.host);
    this.#allowsPlain = options.allowsPlain ?? false;
    this.#advertise = options.advertise;
    this.#info = this.#makeInfo(options.listen);
  }

  /** Opens the port. Rejects with the network's error where it cannot listen. */
  static async open(options: ClientPortOptions, services: DoorServices): Promise<ClientPort> {
    const port = new ClientPort(options, services);
    const { net } = services.host;
    port.#listener = await net.listen(options.listen, (socket) => port.#accept(socket));
    port.#info = port.#makeInfo({ host: options.listen.host, port: port.#listener.port });
    return port;
  }

  /** Where it listens, with the port in use. */
  get address(): ListenAddress {
    const { host, port } = this.#listener as Listener;
    return { host, port };
  }

  /** What clients are told of it. */
  get info(): PortInfo {
    return this.#info;
  }

  /**
   * Makes another encryption ready.
   *
   * @returns What puts it into force for the connections that come from then on.
   * @throws `ENGINE_OPTION_INVALID`
   */
  prepareTls(tls: TlsOptions | undefined, allowsPlain: boolean): () => void {
    const prepared = PortTls.ofPort(tls, this.#services.host);
    return () => {
      this.#tls = prepared;
      this.#allowsPlain = allowsPlain;
      this.#info = this.#makeInfo({ host: this.#options.listen.host, port: this.address.port });
    };
  }

  /**
   * Makes another address ready that clients are told.
   *
   * @returns What puts it into force for the connections that come from then on.
   * @throws `ENGINE_OPTION_INVALID`
   */
  prepareAdvertise(advertise: string | undefined): () => void {
    advertisedAddress("advertise", advertise, this.address);
    return () => {
      this.#advertise = advertise;
      this.#info = this.#makeInfo({ host: this.#options.listen.host, port: this.address.port });
    };
  }

  /** Takes no more connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#listener?.close();
  }

  #makeInfo(listening: ListenAddress): PortInfo {
    const hasTls = this.#tls !== undefined;
    return {
      ...advertisedAddress("advertise", this.#advertise, listening),
      isTlsRequired: hasTls && !this.#allowsPlain,
      isTlsAvailable: hasTls && this.#allowsPlain,
      isTlsVerified: this.#tls?.isVerified ?? false,
    };
  }

  #accept(socket: Socket): void {
    if (this.#isClosed) {
      socket.destroy();
      return;
    }
    const { host, connections, connectionServices } = this.#services;
    const rules: EntranceRules = {
      clock: host.clock,
      log: this.#log,
      tls: this.#tls,
      allowsPlain: this.#allowsPlain,
      beginsEncrypted: this.#tls?.options.handshakeFirst ?? false,
      readsProxyHeader: this.#options.proxyProtocol ?? false,
    };
    const id = connections.nextId();
    if (!Entrance.isNeeded(rules)) {
      connections.accept(id, socket, connectionServices, makeDoor(socket, this.#info));
      return;
    }
    this.#letIn(id, socket, rules);
  }

  #letIn(id: number, socket: Socket, rules: EntranceRules): void {
    const { connections, connectionServices } = this.#services;
    const { random, serverInfo, limits } = connectionServices;
    const { authorizer } = connectionServices.security;
    const info = this.#info;
    const nonce = authorizer.usesNonce ? makeNonce(random) : "";
    const greet = (clientAddress: string, port: PortInfo): Buffer =>
      serverInfo.encode({
        clientId: id,
        clientAddress,
        port,
        isAuthRequired: authorizer.policyAt("STANDARD").isAuthAnnounced,
        payloadMax: limits.payloadMax,
        nonce,
      });
    const entrance: Entrance = new Entrance(socket, rules, {
      // The proxy's address is nobody's business.
      greet: () => greet(rules.readsProxyHeader ? "" : socket.remoteAddress, info),
      refuse: errFrame,
      onEntered: (entered) => {
        connections.leave(entrance);
        const door = makeDoor(entered.socket, info, {
          ...entered.source,
          peerCertificate: entered.certificate,
          nonceGiven: nonce,
        });
        if (!entered.isGreeted) {
          // Who has encrypted before it was asked is told that it had to, wherever that was a choice.
          entered.socket.write(greet(door.address, { ...info, isTlsRequired: true }));
        }
        const connection = connections.accept(id, entered.socket, connectionServices, door);
        if (entered.head.length > 0) connection.onData(entered.head);
      },
      onTurnedAway: () => connections.leave(entrance),
    });
    if (connections.isFull(limits.connectionsMax)) {
      entrance.refuse("maximum connections exceeded");
    } else {
      connections.enter(entrance);
      entrance.begin();
    }
  }
}
