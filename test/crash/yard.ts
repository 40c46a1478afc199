import { type JetStreamClient, type JetStreamManager, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { Audit, Groups, Schemas, Stations, Tenants, Users } from "@oxbow/platform";

/** What depends on whether the platform is within its server or beside it. */
export interface YardPlace {
  /** Does something in the account of a tenant. @returns `undefined` if there is no such tenant, or nobody gets in */
  inTenant<T>(
    tenant: string,
    act: (connection: NatsConnection) => Promise<T>,
  ): Promise<T | undefined>;
  /** Whether the server acts on what the platform says of users and schemas. */
  readonly isEnforced: boolean;
  /** Access keys that users were given before, by user. */
  readonly secrets: Map<string, string>;
}

/** The platform's rooms, on a connection that nobody kills. */
type Rooms = Pick<Yard, "stations" | "groups" | "schemas" | "audit" | "users" | "tenants">;

/** What a test looks at a server with, and prepares it by. Nothing of it is ever killed. */
export class Yard implements AsyncDisposable {
  readonly url: string;
  readonly place: YardPlace;
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly stations: Stations;
  readonly groups: Groups;
  readonly schemas: Schemas;
  readonly audit: Audit;
  readonly users: Users;
  readonly tenants: Tenants;

  private constructor(
    url: string,
    place: YardPlace,
    connection: NatsConnection,
    manager: JetStreamManager,
    rooms: Rooms,
  ) {
    this.url = url;
    this.place = place;
    this.connection = connection;
    this.js = jetstream(connection);
    this.manager = manager;
    this.stations = rooms.stations;
    this.groups = rooms.groups;
    this.schemas = rooms.schemas;
    this.audit = rooms.audit;
    this.users = rooms.users;
    this.tenants = rooms.tenants;
  }

  static async open(
    url: string,
    placeOf: (connection: NatsConnection) => YardPlace,
  ): Promise<Yard> {
    const connection = await connect({ servers: url, reconnect: false });
    const [stations, groups, schemas, audit, users, tenants] = await Promise.all([
      Stations.open(connection),
      Groups.open(connection),
      Schemas.open(connection),
      Audit.open(connection),
      Users.open(connection),
      Tenants.open(connection),
    ]);
    const manager = await jetstream(connection).jetstreamManager();
    const rooms = { stations, groups, schemas, audit, users, tenants };
    return new Yard(url, placeOf(connection), connection, manager, rooms);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.connection.close();
  }
}
