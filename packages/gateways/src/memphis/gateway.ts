import type { Clock, Logger, Socket } from "@oxbow/base";
import { errFrame } from "@oxbow/wire/nats";
import { EngineInfo } from "./engine-info.ts";
import { Graveyard } from "./graveyard.ts";
import { gatewayLimits } from "./limits.ts";
import type { MemphisEngine } from "./memphis-engine.ts";
import { PartitionCounts } from "./partition-counts.ts";
import { Presence } from "./presence.ts";
import { accountOf } from "./same-account.ts";
import { SchemaNews } from "./schema-news.ts";
import { Session, type SessionServices } from "./session.ts";
import { StationNews } from "./station-news.ts";
import { UserPlatform } from "./user-platform.ts";

/** The world of the gateway, as far as it reaches. */
export interface MemphisServices {
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
  readonly #services: SessionServices;
  readonly #sessions: Set<Session>;
  readonly #close: () => Promise<void>;

  private constructor(
    services: SessionServices,
    sessions: Set<Session>,
    close: () => Promise<void>,
  ) {
    this.#services = services;
    this.#sessions = sessions;
    this.#close = close;
  }

  /** @throws where the engine can't be reached */
  static async open({ clock, logger, engine }: MemphisServices): Promise<MemphisGateway> {
    const own = new UserPlatform(() => engine.connect());
    const sessions = new Set<Session>();
    const presence = new Presence(() => own.connection(), clock);
    const news = new SchemaNews(
      () => own.schemas(),
      { clock, logger },
      (subject, text) => {
        for (const session of sessions) session.push(subject, text);
      },
    );
    const stationNews = new StationNews(own, { clock, logger }, (station, text) => {
      for (const session of sessions) session.pushStationNews(station, text);
    });
    const counts = new PartitionCounts(clock, async (station) => {
      const found = await (await own.stations()).find(station.replaceAll("#", "."));
      return found?.settings.partitions ?? 0;
    });
    const info = await EngineInfo.ask(engine);
    const graveyard = new Graveyard(own, { clock, logger });
    let account: Promise<string> | undefined;
    const ownAccount = (): Promise<string> => {
      account ??= own.connection().then(accountOf);
      account.catch(() => (account = undefined));
      return account;
    };
    const platform = { counts, presence, news, stationNews, graveyard, ownAccount };
    const services = { clock, logger, engine, info, ...platform };
    return new MemphisGateway(services, sessions, async () => {
      news.stop();
      stationNews.stop();
      await graveyard.close();
      await own.close();
    });
  }

  /** Takes in a client that has just connected. */
  accept(socket: Socket): void {
    const sessions = this.#sessions;
    if (sessions.size >= gatewayLimits.connectionsMax) {
      socket.write(errFrame("maximum connections exceeded"));
      socket.end();
      return;
    }
    sessions.add(new Session(socket, this.#services, (session) => sessions.delete(session)));
  }

  /** Lets go those who are there. May be called twice. */
  async close(): Promise<void> {
    for (const session of this.#sessions) session.close();
    await this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
