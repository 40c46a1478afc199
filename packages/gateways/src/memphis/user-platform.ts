import type { NatsConnection } from "@nats-io/nats-core";
import { DefaultsOfStations, Groups, Schemas, Stations } from "@oxbow/platform";
import type { StationDefaults } from "oxbow/control";

/**
 * Stations, groups and schemas in the name of a user, whose permissions decide what can be done; or in that of the gateway
 * itself. It connects when something is asked for first.
 */
export class UserPlatform {
  readonly #open: () => Promise<NatsConnection>;
  #connection: Promise<NatsConnection> | undefined = undefined;
  #stations: Promise<Stations> | undefined = undefined;
  #groups: Promise<Groups> | undefined = undefined;
  #schemas: Promise<Schemas> | undefined = undefined;
  #isClosed = false;

  /** @param open - Connects as the user, or as the gateway. */
  constructor(open: () => Promise<NatsConnection>) {
    this.#open = open;
  }

  connection(): Promise<NatsConnection> {
    this.#connection ??= this.#connect();
    return this.#connection;
  }

  stations(): Promise<Stations> {
    this.#stations ??= this.#kept(this.#on(Stations.open), () => (this.#stations = undefined));
    return this.#stations;
  }

  /** What stations are like where nobody says so. */
  async defaults(): Promise<StationDefaults> {
    return (await this.#on(DefaultsOfStations.open)).read();
  }

  groups(): Promise<Groups> {
    this.#groups ??= this.#kept(this.#on(Groups.open), () => (this.#groups = undefined));
    return this.#groups;
  }

  schemas(): Promise<Schemas> {
    this.#schemas ??= this.#kept(this.#on(Schemas.open), () => (this.#schemas = undefined));
    return this.#schemas;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const connection = await this.#connection?.catch(() => undefined);
    await connection?.close();
  }

  #connect(): Promise<NatsConnection> {
    if (this.#isClosed) return Promise.reject(new Error("the client has left"));
    const forget = (): void => {
      this.#connection = undefined;
      this.#stations = undefined;
      this.#groups = undefined;
      this.#schemas = undefined;
    };
    const connection = this.#open().then(async (opened) => {
      if (this.#isClosed) await opened.close();
      // One that has ended for good is replaced when it is needed next.
      void opened.closed().then(forget);
      return opened;
    });
    return this.#kept(connection, forget);
  }

  async #on<T>(open: (connection: NatsConnection) => Promise<T>): Promise<T> {
    return open(await this.connection());
  }

  /** What has failed is tried again when it is asked for next. */
  #kept<T>(promise: Promise<T>, forget: () => void): Promise<T> {
    promise.catch(forget);
    return promise;
  }
}
