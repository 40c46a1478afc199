import { silentLogger } from "@oxbow/base";
import { Engine } from "@oxbow/engine";
import { nodeHost } from "@oxbow/node-host";
import { Platforms } from "@oxbow/server/platform";
import {
  type CloseOptions,
  type CloseReport,
  type ConnectOptions,
  connect,
  type Oxbow,
} from "oxbow";
import { type LinkParts, Oxbow as OxbowClient, openLink } from "oxbow/internal";
import { AdvancingClock } from "./advancing-clock.ts";
import { type Duration, durationMs } from "./duration.ts";

/** How a test server runs. All can be left out. */
export interface TestServerOptions {
  /** Options of the client that comes with it. */
  readonly client?: Omit<ConnectOptions, "servers" | "nowMs">;
}

/** Much more than any test advances: a client that waits for its answer in real time must not be taken for a lost one. */
const neverMs = 2 ** 31 - 1;

interface Running {
  readonly engine: Engine;
  readonly platforms: Platforms | undefined;
  readonly clock: AdvancingClock;
}

/** A client with a server of its own, in memory, which ends with it. Made by `testServer`. */
export class TestOxbow extends OxbowClient {
  readonly #running: Running;
  #closing: Promise<CloseReport> | undefined;

  constructor(parts: LinkParts, running: Running) {
    super(parts.link, parts.settings, parts.nowMs);
    this.#running = running;
  }

  /** Where the server is, for other clients: any that speak NATS. */
  get url(): string {
    return `nats://127.0.0.1:${this.#running.engine.port}`;
  }

  /** The time of the server. */
  get now(): Date {
    return new Date(this.#running.clock.nowMs());
  }

  /**
   * Lets time pass for the server, which otherwise goes with real time: what it does later it does now, such as delivering again
   * what was not acknowledged. Await the messages that come of it: they are on their way.
   */
  advance(time: Duration): Promise<void> {
    return this.#running.clock.advance(durationMs(time));
  }

  /** One more client, which the caller closes. */
  connect(options: Omit<ConnectOptions, "servers" | "nowMs"> = {}): Promise<Oxbow> {
    const { clock } = this.#running;
    return connect({ ...options, servers: this.url, nowMs: () => clock.nowMs() });
  }

  override close(options?: CloseOptions): Promise<CloseReport> {
    this.#closing ??= this.#end(options);
    return this.#closing;
  }

  async #end(options: CloseOptions | undefined): Promise<CloseReport> {
    const report = await super.close(options);
    await this.#running.platforms?.close();
    await this.#running.engine.close();
    return report;
  }
}

/** Starts a whole Oxbow in this process, on a free port of the loopback interface, and connects to it. It keeps nothing. */
export async function testServer({ client = {} }: TestServerOptions = {}): Promise<TestOxbow> {
  const real = nodeHost();
  const clock = new AdvancingClock(real.clock);
  let platforms: Platforms | undefined;
  const engine = await Engine.open(
    {
      listen: { host: "127.0.0.1", port: 0 },
      limits: { pingIntervalMs: neverMs, writeDeadlineMs: neverMs },
    },
    { ...real, clock },
    async (opened) => {
      platforms = await Platforms.open(opened, clock, silentLogger);
    },
  );
  try {
    const servers = `127.0.0.1:${engine.port}`;
    const parts = await openLink({ ...client, servers, nowMs: () => clock.nowMs() });
    return new TestOxbow(parts, { engine, platforms, clock });
  } catch (error) {
    await platforms?.close();
    await engine.close();
    throw error;
  }
}
