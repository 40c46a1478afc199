import type { Host, Logger } from "@oxbow/base";
import { Engine, type EngineOptions, type ProcessFacts } from "@oxbow/engine";
import { nodeHost } from "@oxbow/node-host";
import { type MonitoringCertificate, MonitoringServer } from "../monitoring/monitoring-server.ts";
import { ResolverKeeper } from "./account-resolver.ts";
import { joinHostPort, listenerUrls } from "./addresses.ts";
import type { MonitoringConfig, NatsServerConfig } from "./config/server-config.ts";
import { describeStacks, processVariables } from "./diagnostics.ts";
import { StartRefusal } from "./explain.ts";
import { foreignStreamsRefusal, holdsForeignStreams } from "./foreign-store.ts";
import type { ServerLog } from "./log/server-log.ts";
import type { ServerPorts } from "./ports-file.ts";
import { CpuMeter, measureProcess } from "./process-facts.ts";
import { keyOfOption, reloadRefusal } from "./reload-texts.ts";

/** Where a configuration came from. */
export interface ConfigOrigin {
  readonly loadedAtMs: number;
  /** Empty without a file. */
  readonly digest: string;
}

/** A server that was configured like nats-server: the engine, and the monitoring beside it. */
export class NatsServer {
  #config: NatsServerConfig;
  #origin: ConfigOrigin;
  readonly #log: ServerLog;
  readonly #cpu: CpuMeter = new CpuMeter();
  readonly #resolvers: ResolverKeeper;
  #engine: Engine | undefined = undefined;
  #monitoring: MonitoringServer | undefined = undefined;

  private constructor(config: NatsServerConfig, origin: ConfigOrigin, log: ServerLog, host: Host) {
    this.#config = config;
    this.#origin = origin;
    this.#log = log;
    this.#resolvers = new ResolverKeeper(host);
  }

  /**
   * Opens everything the configuration asks for, monitoring first, so that health can be asked for while streams are
   * recovered.
   *
   * @throws What keeps a part from opening; nothing is left open then.
   */
  static async open(
    config: NatsServerConfig,
    origin: ConfigOrigin,
    log: ServerLog,
    logger: Logger,
  ): Promise<NatsServer> {
    refuseForeignStreams(config);
    const host = nodeHost({ logger });
    const server = new NatsServer(config, origin, log, host);
    try {
      if (config.monitoring !== undefined) await server.#openMonitoring(config.monitoring);
      server.#engine = await Engine.open(await server.#engineOptions(config), host);
      server.#engine.process.facts = () => server.#facts();
      server.#engine.process.variables = processVariables;
      server.#engine.process.stacks = describeStacks;
      server.#announceDoors();
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  get engine(): Engine | undefined {
    return this.#engine;
  }

  /** Where it can be reached. */
  get ports(): ServerPorts {
    const { client, websocket } = this.#engine?.addresses ?? {};
    const { engine, monitoring: monitoringConfig } = this.#config;
    const monitoring = this.#monitoring;
    return {
      nats:
        client === undefined
          ? []
          : listenerUrls(engine.tls === undefined ? "nats" : "tls", client.host, client.port),
      monitoring:
        monitoring &&
        listenerUrls(
          monitoringConfig?.isTls === true ? "https" : "http",
          monitoring.host,
          monitoring.port,
        ),
      websocket:
        websocket &&
        listenerUrls(
          engine.websocket?.tls === undefined ? "ws" : "wss",
          websocket.host,
          websocket.port,
        ),
    };
  }

  /**
   * Takes up another configuration, all that has changed of it or nothing.
   *
   * @returns What can't change while it runs, in words; `undefined` where all is in force.
   * @throws OxbowError where the configuration is wrong.
   */
  async reload(config: NatsServerConfig, origin: ConfigOrigin): Promise<string | undefined> {
    if (JSON.stringify(config.monitoring) !== JSON.stringify(this.#config.monitoring)) {
      return reloadRefusal(["monitoring"]);
    }
    refuseForeignStreams(config);
    const outcome = await this.#engine?.reload(await this.#engineOptions(config));
    if (outcome === undefined) return "the server is not ready";
    if (outcome.refused.length > 0) return reloadRefusal(outcome.refused);
    for (const option of outcome.applied) this.#log.notice(`Reloaded: ${keyOfOption(option)}`);
    await this.#resolvers.reload();
    const certificate = monitoringCertificate(config);
    if (certificate !== undefined) this.#monitoring?.changeCertificate(certificate);
    this.#config = config;
    this.#origin = origin;
    return undefined;
  }

  /** Lets clients go one by one, as long as the configuration says; then it is stopped. */
  async enterLameDuck(): Promise<void> {
    await this.#engine?.enterLameDuck(this.#config.lameDuck);
  }

  /** Stops: clients are told and served, what they sent is written. May be called twice. */
  async close(): Promise<void> {
    await this.#engine?.close();
    await this.#monitoring?.close();
  }

  /** Stops at once. */
  async destroy(): Promise<void> {
    await this.#engine?.destroy();
    await this.#monitoring?.close();
  }

  async #engineOptions({ engine, operator }: NatsServerConfig): Promise<EngineOptions> {
    if (operator === undefined) return engine;
    const options = await this.#resolvers.operatorOptions(operator);
    return { ...engine, auth: { mode: "operator", operator: options } };
  }

  async #openMonitoring(config: MonitoringConfig): Promise<void> {
    const tls = monitoringCertificate(this.#config);
    this.#monitoring = await MonitoringServer.open(
      {
        host: config.host,
        port: config.port,
        basePath: config.basePath,
        ...(tls !== undefined && { tls }),
      },
      new MonitoredServer(
        () => this.#engine,
        () => this.#facts(),
      ),
    );
    const { host, port } = this.#monitoring;
    const scheme = config.isTls ? "https" : "http";
    this.#log.notice(`Starting ${scheme} monitor on ${joinHostPort(host, port)}`);
  }

  #announceDoors(): void {
    const { client, websocket, leafnodes } = this.#engine?.addresses ?? {};
    const { engine } = this.#config;
    if (engine.websocket !== undefined && websocket === undefined) {
      this.#log.warn("websocket is not supported: no port is open for it");
    }
    if (engine.leafnodes !== undefined && leafnodes === undefined) {
      this.#log.warn("leafnodes are not supported: no port is open for them");
    }
    if (websocket !== undefined) {
      const isPlain = this.#config.engine.websocket?.tls === undefined;
      const url = `${isPlain ? "ws" : "wss"}://${joinHostPort(websocket.host, websocket.port)}`;
      this.#log.notice(`Listening for websocket clients on ${url}`);
      if (isPlain) this.#log.warn("Websocket not configured with TLS. DO NOT USE IN PRODUCTION!");
    }
    if (leafnodes !== undefined) {
      const address = joinHostPort(leafnodes.host, leafnodes.port);
      this.#log.notice(`Listening for leafnode connections on ${address}`);
    }
    if (client !== undefined) {
      const address = joinHostPort(client.host, client.port);
      this.#log.notice(`Listening for client connections on ${address}`);
      if (this.#config.engine.tls !== undefined)
        this.#log.notice("TLS required for client connections");
    }
  }

  #facts(): ProcessFacts {
    const { monitoring } = this.#config;
    const port = this.#monitoring?.port ?? 0;
    return {
      ...measureProcess(this.#cpu),
      http: {
        host: monitoring?.host ?? "",
        port: monitoring?.isTls === true ? 0 : port,
        httpsPort: monitoring?.isTls === true ? port : 0,
        basePath: monitoring?.basePath ?? "",
        requests: this.#monitoring?.requests ?? {},
      },
      configLoadedAtMs: this.#origin.loadedAtMs,
      configDigest: this.#origin.digest,
    };
  }
}

/** What monitoring shows where it is encrypted: the first certificate of clients. */
function monitoringCertificate(config: NatsServerConfig): MonitoringCertificate | undefined {
  const [first] = config.engine.tls?.certificates ?? [];
  if (config.monitoring?.isTls !== true || first === undefined) return undefined;
  return { cert: first.certificate, key: first.key };
}

/** @throws StartRefusal where JetStream would begin in a directory of nats-server's. */
function refuseForeignStreams({ engine: { dataDirectory, jetstream } }: NatsServerConfig): void {
  if (jetstream?.enabled !== true || dataDirectory === undefined) return;
  if (holdsForeignStreams(dataDirectory)) {
    throw new StartRefusal(foreignStreamsRefusal(dataDirectory));
  }
}

/** What monitoring sees of a server that may not be open yet. */
class MonitoredServer {
  readonly #engine: () => Engine | undefined;
  readonly facts: () => ProcessFacts;

  constructor(engine: () => Engine | undefined, facts: () => ProcessFacts) {
    this.#engine = engine;
    this.facts = facts;
  }

  get engine(): Engine | undefined {
    return this.#engine();
  }
}
