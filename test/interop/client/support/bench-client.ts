import { connect as connectOfficial } from "@nats-io/transport-node";
import { Stations } from "@oxbow/platform";
import { type ConnectOptions, connect, type Oxbow } from "oxbow";
import { deleteStreams, type StoringServer } from "../../support/delete-streams.ts";
import { type OfficialClient, openOfficialClient } from "../../support/official-client.ts";

/** What tests of the client work with: it, an official client, and stations; leaves nothing behind when disposed of. */
export class ClientBench implements AsyncDisposable {
  readonly ox: Oxbow;
  readonly official: OfficialClient;
  readonly stations: Stations;

  readonly #server: StoringServer;

  private constructor(
    server: StoringServer,
    ox: Oxbow,
    official: OfficialClient,
    stations: Stations,
  ) {
    this.#server = server;
    this.ox = ox;
    this.official = official;
    this.stations = stations;
  }

  static async open(server: StoringServer, options: ConnectOptions = {}): Promise<ClientBench> {
    const official = await openOfficialClient(server, { reconnects: true });
    const ox = await connect({ servers: server.url, ...options });
    return new ClientBench(server, ox, official, await Stations.open(official.nc));
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
    await deleteStreams(this.official, this.#server);
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
