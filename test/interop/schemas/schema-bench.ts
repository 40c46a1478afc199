import { type KV, Kvm } from "@nats-io/kv";
import { Schemas, Stations } from "@oxbow/platform";
import { deleteStreams, type StoringServer } from "../support/delete-streams.ts";
import { type OfficialClient, openOfficialClient } from "../support/official-client.ts";

/**
 * What tests of schemas work with: a client, its schemas and stations, and the bucket they are in. Leaves no stream behind
 * when disposed of.
 */
export class SchemaBench implements AsyncDisposable {
  readonly client: OfficialClient;
  readonly schemas: Schemas;
  readonly stations: Stations;
  readonly bucket: KV;

  readonly #server: StoringServer;

  private constructor(
    server: StoringServer,
    client: OfficialClient,
    schemas: Schemas,
    stations: Stations,
    bucket: KV,
  ) {
    this.#server = server;
    this.client = client;
    this.schemas = schemas;
    this.stations = stations;
    this.bucket = bucket;
  }

  static async open(server: StoringServer): Promise<SchemaBench> {
    const client = await openOfficialClient(server);
    const schemas = await Schemas.open(client.nc);
    const bucket = await new Kvm(client.nc).open("oxbow");
    return new SchemaBench(server, client, schemas, await Stations.open(client.nc), bucket);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await deleteStreams(this.client, this.#server);
    await this.client[Symbol.asyncDispose]();
  }
}

/** A JSON Schema of objects with these properties, which they must have. */
export function object(types: Readonly<Record<string, string>>): string {
  const properties = Object.entries(types).map(([name, type]) => [name, { type }]);
  return JSON.stringify({
    type: "object",
    properties: Object.fromEntries(properties),
    required: Object.keys(types),
  });
}
