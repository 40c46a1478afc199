import type { Host, Listener } from "@oxbow/base";
import type { Engine } from "@oxbow/engine";
import type { MemphisGateway } from "@oxbow/gateways/memphis";
import { openMemphisGateway } from "./memphis-gateway.ts";

/** The port that clients of Memphis come in by, and the gateway behind it. To be imported only where it is wanted. */
export class MemphisDoor {
  readonly #gateway: MemphisGateway;
  readonly #listener: Listener;

  private constructor(gateway: MemphisGateway, listener: Listener) {
    this.#gateway = gateway;
    this.#listener = listener;
  }

  /** Rejects with the network's error (`EADDRINUSE` …) where it can't listen. */
  static async open(
    engine: Engine,
    world: Host,
    address: { readonly host: string; readonly port: number },
  ): Promise<MemphisDoor> {
    const gateway = await openMemphisGateway(engine, world);
    try {
      const listener = await world.net.listen(address, (socket) => gateway.accept(socket));
      return new MemphisDoor(gateway, listener);
    } catch (error) {
      await gateway.close();
      throw error;
    }
  }

  /** The port in use, also where 0 was asked for. */
  get port(): number {
    return this.#listener.port;
  }

  /** Takes in nobody any more and lets go who is there. To be called before the engine is closed. */
  async close(): Promise<void> {
    await this.#listener.close();
    await this.#gateway.close();
  }

  /** Takes in nobody any more; who is there goes with the engine. */
  async destroy(): Promise<void> {
    await this.#listener.close();
  }
}
