import { connect as connectOfficial } from "@nats-io/transport-node";
import { Stations } from "@oxbow/platform";
import { type ConnectOptions, connect, type Oxbow } from "oxbow";
import { type OfficialClient, openOfficialClient } from "../../support/official-client.ts";

/** What tests of the client work with: it, an official client, and stations; leaves nothing behind when disposed of. */
export class ClientBench implements AsyncDisposable {
  readonly ox: Oxbow;
  readonly official: OfficialClient;
  readonly stations: Stations;

  private constructor(ox: Oxbow, official: OfficialClient, stations: Stations) {
    this.ox = ox;
    this.official = official;
    this.stations = stations;
  }

  static async open(
    server: { readonly url: string },
    options: ConnectOptions = {},
  ): Promise<ClientBench> {
    const official = await openOfficialClient(server, { reconnects: true });
    const ox = await connect({ servers: server.url, ...options });
    return new ClientBench(ox, official, await Stations.open(official.nc));
  }

  /** The payloads of a stream, in order. */
  async stored(stream: string): Promise<string[]> {
    const { jsm } = this.official;
    const { state } = await jsm.streams.info(stream);
    const texts: string[] = [];
    for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
      const message = await jsm.streams.getMessage(stream, { seq });
      if (message !== null) texts.push(message.string());
    }
    return texts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ox.close();
    const { jsm } = this.official;
    for await (const { config } of jsm.streams.list()) await jsm.streams.delete(config.name);
    await this.official[Symbol.asyncDispose]();
  }
}

/** Makes a station by a connection that is closed again. @param url - With user and password, if there are any. */
export async function createStation(url: string, name: string): Promise<void> {
  const { hostname, port, username, password } = new URL(url);
  const user = username === "" ? {} : { user: username, pass: password };
  const nc = await connectOfficial({ servers: `${hostname}:${port}`, ...user });
  await (await Stations.open(nc)).create(name);
  await nc.close();
}
