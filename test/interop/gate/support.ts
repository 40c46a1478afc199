import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import { type NatsConnection, wsconnect } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import type { PublishGate } from "@oxbow/base";
import { silentLogger } from "@oxbow/base";
import { Engine } from "@oxbow/engine";
import { nodeHost } from "@oxbow/node-host";
import { type AttachmentMode, Schemas, StationGates, Stations } from "@oxbow/platform";

export const idSchema =
  '{"type":"object","properties":{"id":{"type":"integer"}},"required":["id"]}';

/** An engine with gates, on files of its own, with a stream like the one that the platform keeps dead letters in. */
export class GatedServer implements AsyncDisposable {
  readonly engine: Engine;
  readonly gates: StationGates;
  readonly stations: Stations;
  readonly schemas: Schemas;
  /** A client by TCP, called `producer`. */
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  readonly #news: GateNews;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    parts: Pick<GatedServer, "engine" | "gates" | "stations" | "schemas" | "nc" | "js" | "jsm">,
    news: GateNews,
    stack: AsyncDisposableStack,
  ) {
    ({
      engine: this.engine,
      gates: this.gates,
      stations: this.stations,
      schemas: this.schemas,
      nc: this.nc,
      js: this.js,
      jsm: this.jsm,
    } = parts);
    this.#news = news;
    this.#stack = stack;
  }

  static async open(): Promise<GatedServer> {
    await using stack = new AsyncDisposableStack();
    const dataDirectory = await mkdtemp(join(tmpdir(), "oxbow-gate-"));
    stack.defer(() => rm(dataDirectory, { recursive: true }));
    const host = nodeHost();
    const listen = { host: "127.0.0.1", port: 0 };
    const engine = await Engine.open({ listen, websocket: listen, dataDirectory }, host);
    stack.use(engine);
    const platform = await connectInProcess(engine);
    stack.defer(() => platform.close());
    const news = new GateNews();
    const setGate = (name: string, gate: PublishGate | undefined): void => {
      engine.setGate("$G", name, gate);
      news.tell(name);
    };
    const gates = await StationGates.open(platform, {
      setGate,
      clock: host.clock,
      logger: { ...silentLogger, error: ({ station }) => news.tell(`problem ${station}`) },
    });
    stack.use(gates);
    const nc = await connect({ servers: `127.0.0.1:${engine.port}`, name: "producer" });
    stack.defer(() => nc.close());
    const jsm = await jetstreamManager(nc, { timeout: 20_000 });
    await jsm.streams.add({ name: "DEAD", subjects: ["$OXBOW.DL.*.gate"] });
    const parts = {
      ...{ engine, gates, nc, jsm },
      js: jetstream(nc, { timeout: 20_000 }),
      stations: await Stations.open(platform),
      schemas: await Schemas.open(platform),
    };
    return new GatedServer(parts, news, stack.move());
  }

  /** Makes a station with a schema of its name, in which `id` is an integer and must be there. */
  async createGated(station: string, mode: AttachmentMode, partitions = 1): Promise<void> {
    await this.stations.create(station, { partitions });
    await this.schemas.create(station, { format: "json", text: idSchema });
    await this.gated(station, () => this.schemas.attach(station, { schema: station, mode }));
  }

  /** Does something that changes the gate of a station, and waits until that is in force. */
  async gated(station: string, change: () => Promise<unknown>): Promise<void> {
    const told = this.#news.next(`station ${station}`);
    await change();
    await told;
  }

  /** Does something after which what a station demands can't be made ready, and waits until that was seen. */
  async broken(station: string, change: () => Promise<unknown>): Promise<void> {
    const told = this.#news.next(`problem ${station}`);
    await change();
    await told;
  }

  /** How many messages a stream has. */
  async count(stream: string): Promise<number> {
    return (await this.jsm.streams.info(stream)).state.messages;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

/** Tells of gates that were set. */
class GateNews {
  readonly #waiting = new Map<string, () => void>();

  next(name: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(name, resolve);
    return promise;
  }

  tell(name: string): void {
    this.#waiting.get(name)?.();
    this.#waiting.delete(name);
  }
}

/** A client of the process, as its own parts are. */
export function connectInProcess(engine: Engine): Promise<NatsConnection> {
  const wsFactory = () =>
    Promise.resolve({ socket: engine.webSocketInProcess(), encrypted: false });
  return wsconnect({ servers: "ws://in-process", wsFactory: wsFactory as never });
}

/** What becomes of a publish: `stored`, or why it is not. */
export async function outcomeOf(publish: Promise<unknown>): Promise<string> {
  try {
    await publish;
    return "stored";
  } catch (error) {
    return (error as Error).message;
  }
}
