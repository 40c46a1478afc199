import type { Clock, Listener, Logger, Net, Socket } from "@oxbow/base";
import { errFrame } from "@oxbow/wire/nats";
import { EngineInfo } from "./engine-info.ts";
import { Graveyard } from "./graveyard.ts";
import { gatewayLimits } from "./limits.ts";
import type { MemphisEngine } from "./memphis-engine.ts";
import { PartitionCounts } from "./partition-counts.ts";
import { Presence } from "./presence.ts";
import { SchemaNews } from "./schema-news.ts";
import { Session } from "./session.ts";
import { UserPlatform } from "./user-platform.ts";

/** Where the gateway listens. */
export interface MemphisOptions {
  readonly host: string;
  /** 0 picks a free one; SDKs ask for 6666. */
  readonly port: number;
}

/** The world of the gateway, as far as it reaches. */
export interface MemphisServices {
  readonly net: Net;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly engine: MemphisEngine;
}

/**
 * A door for the SDKs of Memphis. Each client has a connection to the engine with its own credentials, over which everything
 * goes that the SDK says in the protocol of NATS; what it asks the gateway for, the gateway does with the platform, in the
 * name of the same user. It keeps nothing that another one would need, so that several can stand before one engine.
 */
export class MemphisGateway implements AsyncDisposable {
  readonly #listener: Listener;
  readonly #sessions: Set<Session>;
  readonly #close: () => Promise<void>;

  private constructor(listener: Listener, sessions: Set<Session>, close: () => Promise<void>) {
    this.#listener = listener;
    this.#sessions = sessions;
    this.#close = close;
  }

  /** Opens the door. Rejects with the network's error (`EADDRINUSE` …) where it can't listen. */
  static async open(options: MemphisOptions, services: MemphisServices): Promise<MemphisGateway> {
    const { net, clock, logger, engine } = services;
    const own = new UserPlatform(engine, undefined);
    const sessions = new Set<Session>();
    const presence = new Presence(() => own.connection(), clock);
    const news = new SchemaNews(
      () => own.schemas(),
      { clock, logger },
      (subject, text) => {
        for (const session of sessions) session.push(subject, text);
      },
    );
    const counts = new PartitionCounts(clock, async (station) => {
      const found = await (await own.stations()).find(station.replaceAll("#", "."));
      return found?.settings.partitions ?? 0;
    });
    const info = await EngineInfo.ask(engine);
    const graveyard = new Graveyard(own, { clock, logger });
    const shared = { clock, logger, engine, counts, info, presence, news, graveyard };
    const accept = (socket: Socket): void => {
      if (sessions.size >= gatewayLimits.connectionsMax) {
        socket.write(errFrame("maximum connections exceeded"));
        socket.end();
        return;
      }
      sessions.add(new Session(socket, shared, (session) => sessions.delete(session)));
    };
    const listener = await net.listen(options, accept);
    return new MemphisGateway(listener, sessions, async () => {
      news.stop();
      await graveyard.close();
      await own.close();
    });
  }

  get host(): string {
    return this.#listener.host;
  }

  /** The port in use, also where 0 was asked for. */
  get port(): number {
    return this.#listener.port;
  }

  /** Takes in nobody any more, and lets go those who are there. May be called twice. */
  async close(): Promise<void> {
    await this.#listener.close();
    for (const session of this.#sessions) session.close();
    await this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
