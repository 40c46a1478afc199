import { type JetStreamClient, type JetStreamManager, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { Audit, Groups, Schemas, Stations, Tenants, Users } from "@oxbow/platform";
import type { TestServer } from "@oxbow/testkit/servers";
import { tenantCredentials } from "./platform/open-platform.ts";

/** What a test looks at a server with, and prepares it by. Nothing of it is ever killed. */
export class Yard implements AsyncDisposable {
  readonly server: TestServer;
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly stations: Stations;
  readonly groups: Groups;
  readonly schemas: Schemas;
  readonly audit: Audit;
  readonly users: Users;
  readonly tenants: Tenants;
  /** To the account of the tenants. */
  readonly tenant: NatsConnection;

  private constructor(
    server: TestServer,
    tenant: NatsConnection,
    js: JetStreamClient,
    manager: JetStreamManager,
    rooms: Pick<Yard, "stations" | "groups" | "schemas" | "audit" | "users" | "tenants">,
    connection: NatsConnection,
  ) {
    this.server = server;
    this.connection = connection;
    this.tenant = tenant;
    this.js = js;
    this.manager = manager;
    this.stations = rooms.stations;
    this.groups = rooms.groups;
    this.schemas = rooms.schemas;
    this.audit = rooms.audit;
    this.users = rooms.users;
    this.tenants = rooms.tenants;
  }

  static async open(server: TestServer): Promise<Yard> {
    const connection = await connect({ servers: server.url });
    const tenant = await connect({ servers: server.url, ...tenantCredentials });
    const js = jetstream(connection);
    const rooms = {
      stations: await Stations.open(connection),
      groups: await Groups.open(connection),
      schemas: await Schemas.open(connection),
      audit: await Audit.open(connection),
      users: await Users.open(connection),
      tenants: await Tenants.open(connection),
    };
    return new Yard(server, tenant, js, await js.jetstreamManager(), rooms, connection);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tenant.close();
    await this.connection.close();
  }
}
