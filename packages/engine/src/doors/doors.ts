import type { Identity } from "../auth/identity.ts";
import { type Door, makeDoor } from "../connection/door.ts";
import type { ResolvedEngineOptions } from "../engine-options.ts";
import { type InProcessSocket, makePipe } from "../in-process/pipe.ts";
import type { ListenAddress } from "../options/transports.ts";
import type { ReloadPart } from "../reload/reload-part.ts";
import { ClientPort } from "./client-port.ts";
import type { DoorServices } from "./door-services.ts";
import { LeafPort } from "./leaf-port.ts";
import { WebSocketPort } from "./websocket-port.ts";

/** Where an engine listens, door by door; a door that is not open is absent. */
export interface EngineAddresses {
  readonly client?: ListenAddress | undefined;
  readonly websocket?: ListenAddress | undefined;
  readonly leafnodes?: ListenAddress | undefined;
}

/** A client that speaks another protocol, or to another port, and is passed on. */
export interface RelayedClient {
  /** Where it is. */
  readonly address: string;
  readonly port: number;
}

/** All ports of an engine where somebody comes in. */
export class Doors {
  readonly #services: DoorServices;
  #isClosed = false;
  #client: ClientPort | undefined = undefined;
  #websocket: WebSocketPort | undefined = undefined;
  #leafnodes: LeafPort | undefined = undefined;

  constructor(services: DoorServices) {
    this.#services = services;
  }

  /** Where they listen, with the ports in use. */
  get addresses(): EngineAddresses {
    return {
      client: this.#client?.address,
      websocket: this.#websocket?.address,
      leafnodes: this.#leafnodes?.address,
    };
  }

  /**
   * Opens those that `options` ask for, that of plain clients last, so that everything is there when somebody waits for
   * it. Rejects with the network's error where it cannot listen; {@link close} closes what was opened by then.
   */
  async open(options: ResolvedEngineOptions): Promise<void> {
    const { listen, websocket, leafnodes } = options;
    if (websocket !== undefined) {
      this.#websocket = await WebSocketPort.open(websocket, this.#services);
    }
    if (leafnodes !== undefined) this.#leafnodes = await LeafPort.open(leafnodes, this.#services);
    if (listen === undefined) return;
    this.#client = await ClientPort.open({ ...options, listen }, this.#services);
    this.#tellAddress(this.#client);
  }

  /**
   * Lets in a client of this process, and gives it its end of the connection.
   *
   * @param identity - Who it is; by default it has to say so.
   */
  connectInProcess(identity?: Identity): InProcessSocket {
    const known = identity && { ...identity, isPartOfProgram: true };
    return this.#connect({ type: "IN_PROCESS", identity: known });
  }

  /** Lets in a client elsewhere, for which somebody in this process speaks, as if it had come by the port. */
  connectFor({ address, port }: RelayedClient): InProcessSocket {
    return this.#connect({ type: "STANDARD", address, port });
  }

  #connect(special: Partial<Door>): InProcessSocket {
    const { host, connections, connectionServices } = this.#services;
    const [clientEnd, serverEnd] = makePipe(host.clock);
    if (this.#isClosed) {
      clientEnd.destroy();
      return clientEnd;
    }
    const { serverInfo } = connectionServices;
    const info = {
      host: serverInfo.host,
      port: serverInfo.port,
      isTlsRequired: false,
      isTlsAvailable: false,
      isTlsVerified: false,
    };
    const door = makeDoor(serverEnd, info, special);
    connections.accept(connections.nextId(), serverEnd, connectionServices, door);
    return clientEnd;
  }

  /** What of the doors can change while the engine runs. */
  reloadParts(): readonly ReloadPart[] {
    const nothing = (): void => {};
    return [
      {
        options: ["tls", "allowsPlain"],
        prepare: ({ tls, allowsPlain }) =>
          this.#client?.prepareTls(tls, allowsPlain ?? false) ?? nothing,
      },
      {
        options: ["advertise"],
        prepare: ({ advertise }) => {
          const client = this.#client;
          const apply = client?.prepareAdvertise(advertise);
          return () => {
            apply?.();
            if (client !== undefined) this.#tellAddress(client);
          };
        },
      },
      {
        options: ["websocket.tls"],
        prepare: ({ websocket }) => this.#websocket?.prepareTls(websocket?.tls) ?? nothing,
      },
      {
        options: ["leafnodes.tls"],
        prepare: ({ leafnodes }) => this.#leafnodes?.prepareTls(leafnodes?.tls) ?? nothing,
      },
    ];
  }

  /** Has everybody told where plain clients come in. */
  #tellAddress({ info }: ClientPort): void {
    const { serverInfo } = this.#services.connectionServices;
    serverInfo.host = info.host;
    serverInfo.port = info.port;
  }

  /** Takes nobody in any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#client?.close(), this.#websocket?.close(), this.#leafnodes?.close()]);
  }
}
