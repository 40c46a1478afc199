import type { NatsConnection, Subscription } from "@nats-io/nats-core";
import type { Clock, Logger, Timer } from "@oxbow/base";
import { type Stations, stationToken } from "@oxbow/platform";

/** Where SDKs hear of stations, all on one subject. */
export const stationNewsSubject = "$memphis_sdk_clients_updates";

const advisories = "$JS.EVENT.ADVISORY.STREAM";
/** How long it waits before it listens again, when it could not. */
const againMs = 1_000;

/** What the gateway has of its own. */
export interface NewsPlaces {
  connection(): Promise<NatsConnection>;
  stations(): Promise<Stations>;
}

/**
 * Tells clients which stations are gone, whoever has deleted them, so that the SDK stops to fetch from them, and whether a
 * station keeps what does not fit as dead letters, when that changes. It hears of the streams that stations are made of.
 */
export class StationNews {
  readonly #own: NewsPlaces;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #push: (station: string, text: string) => void;
  #subscriptions: readonly Subscription[] = [];
  #again: Timer | undefined = undefined;
  #isListening = false;
  #isStopped = false;
  /** One after the other, so that what was read last is told last. */
  #last: Promise<void> = Promise.resolve();

  /** @param push - Tells all clients of this node that use the station, by its token: others need not know of it. */
  constructor(
    own: NewsPlaces,
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
    push: (station: string, text: string) => void,
  ) {
    this.#own = own;
    this.#clock = clock;
    this.#logger = logger;
    this.#push = push;
  }

  /** Tells from now on what changes. */
  listen(): void {
    if (this.#isListening || this.#isStopped) return;
    this.#isListening = true;
    this.#listen().catch((error: unknown) => {
      this.#logger.warn({ err: error }, "clients of Memphis hear nothing of stations");
      this.#isListening = false;
      if (!this.#isStopped) this.#again = this.#clock.setTimer(againMs, () => this.listen());
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#again?.cancel();
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#subscriptions = [];
  }

  async #listen(): Promise<void> {
    const connection = await this.#own.connection();
    if (this.#isStopped) return;
    const hear = (what: string, told: (station: string) => void): Subscription =>
      connection.subscribe(`${advisories}.${what}.*`, {
        callback: (error, { subject }) => {
          const station = stationOf(subject.slice(subject.lastIndexOf(".") + 1));
          if (error === null && station !== undefined) told(station);
        },
      });
    this.#subscriptions = [
      hear("DELETED", (station) => this.#tell(station, "remove_station", true)),
      hear("UPDATED", (station) => this.#changed(station)),
    ];
    // What has ended for good is replaced by another connection, which hears nothing yet.
    void connection.closed().then(() => {
      this.#isListening = false;
      this.#subscriptions = [];
      this.listen();
    });
    await connection.flush();
  }

  #changed(station: string): void {
    this.#last = this.#last.then(async () => {
      try {
        const found = await (await this.#own.stations()).find(station);
        if (found?.isManaged !== true) return;
        const keepsRefused = found.settings.deadLetterReasons.includes("refused");
        this.#tell(station, "schemaverse_to_dls", keepsRefused);
      } catch (error) {
        this.#logger.debug({ err: error, station }, "clients of Memphis are not told of a change");
      }
    });
  }

  #tell(station: string, type: string, update: boolean): void {
    const token = stationToken(station);
    this.#push(token, JSON.stringify({ station_name: token, type, update }));
  }
}

/** The station of which a stream is the first partition, with which it comes and goes. */
function stationOf(stream: string): string | undefined {
  const [, token] = /^([^$]+?)(?:\$1)?$/.exec(stream) ?? [];
  return token?.replaceAll("#", ".");
}
