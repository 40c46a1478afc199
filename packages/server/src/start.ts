import { assert, type Host, type Logger } from "@oxbow/base";
import { Engine, type EngineOptions } from "@oxbow/engine";
import { nodeHost } from "@oxbow/node-host";
import { AccountSupervisor } from "./accounts/account-supervisor.ts";
import { KeptPassword } from "./accounts/kept-password.ts";
import {
  consoleCredentials,
  type OwnerCredentials,
  ownerCredentials,
} from "./accounts/owner-credentials.ts";
import { encryptionOptions } from "./config/encryption.ts";
import { redactConfig, type ServerConfig, tracingOf } from "./config/index.ts";
import {
  explainHttpFailure,
  explainMemphisFailure,
  explainMemphisRestFailure,
  explainStartFailure,
} from "./errors.ts";
import type { HttpDoorOptions } from "./gateways/http-door.ts";
import type { LazyDoor } from "./gateways/lazy-door.ts";
import type { MemphisDoor } from "./gateways/memphis-door.ts";
import { createServerLog } from "./logger.ts";
import { Platforms } from "./platform/platforms.ts";
import type { ServerTracing } from "./tracing/server-tracing.ts";

/** What the log has done since the server started. */
export interface ServerStats {
  /** Writes that made a group of changes durable. */
  readonly commits: number;
  /** Syncs of files, of whatever kind. */
  readonly syncs: number;
  /** Messages, state changes and tombstones. */
  readonly records: number;
  readonly bytes: number;
}

/** A server that takes connections. Whoever started it stops it. */
export interface RunningServer {
  /** Where clients connect: `nats://127.0.0.1:4222`. */
  readonly url: string;
  readonly host: string;
  /** The port in use, also where 0 was asked for. */
  readonly port: number;
  /** Who may log in with a browser, where clients need no credentials and HTTP is served. */
  readonly consoleOwner: OwnerCredentials | undefined;
  /** Set where it made its credentials itself. */
  readonly owner: OwnerCredentials | undefined;
  /** Where HTTP is served: `http://127.0.0.1:9000`, or `https://…`; `undefined` if it is not. */
  readonly httpUrl: string | undefined;
  /** The port that clients of Memphis come in by; `undefined` if there is none. */
  readonly memphisPort: number | undefined;
  /** The port of the REST gateway of Memphis; `undefined` if there is none. */
  readonly memphisRestPort: number | undefined;
  stats(): ServerStats;
  /** Refuses new clients, tells the others, drains and syncs. May be called twice. */
  stop(): Promise<void>;
  /** Stops at once, as a crash would; what was acknowledged stays. */
  destroy(): Promise<void>;
}

/**
 * Starts a server and resolves when it is ready.
 *
 * @param host - The world the server runs in; by default this process, with a log on stderr.
 * @throws OxbowError with a {@link StartErrorCode} when the port, the address or the data directory cannot be used;
 * nothing is left open then.
 */
export async function startServer(config: ServerConfig, host?: Host): Promise<RunningServer> {
  const log = createServerLog(config.log);
  const logger = host?.logger ?? log.logger;
  logger.debug({ config: redactConfig(config) }, "starting");
  const world = host ?? nodeHost({ logger });
  const tracing = await openTracing(config, logger);
  let engine: Engine;
  let platforms: Platforms | undefined;
  let owner: OwnerCredentials | undefined;
  let options: EngineOptions;
  let accounts: AccountSupervisor | undefined;
  try {
    owner = await ownerCredentials(config);
    options = engineOptions(config, owner);
    engine = await Engine.open(options, world, async (opened) => {
      const supervisor = new AccountSupervisor(opened, options, logger);
      accounts = supervisor;
      if (owner !== undefined) supervisor.owner = keptPasswordOf(owner, supervisor, world);
      await supervisor.start();
      if (!config.platform) return;
      const opening = await Platforms.open(
        opened,
        world.clock,
        logger,
        supervisor,
        {
          allowed: config.notifyAllowed,
          dataDirectory: config.memory ? undefined : config.data,
        },
        tracing,
      );
      platforms = opening;
      supervisor.onAccounts = () => opening.takeUp();
    });
  } catch (error) {
    platforms?.destroy();
    await accounts?.stop();
    throw explainStartFailure(error, config);
  }
  let memphis: MemphisDoor | undefined;
  let http: LazyDoor | undefined;
  let rest: LazyDoor | undefined;
  let consoleOwner: OwnerCredentials | undefined;
  try {
    memphis = await openMemphis(config, engine, world);
    rest = await openMemphisRest(config, engine, world, tracing);
    if (servesHttp(config) && options.auth?.mode === "none") {
      consoleOwner = await consoleCredentials(config);
    }
    const kept = consoleOwner && new KeptPassword(consoleOwner, world.passwordHashes);
    if (accounts !== undefined && kept !== undefined) accounts.owner = kept;
    http = await openHttp(config, engine, world, {
      owner: kept,
      isPlatformWell: () => platforms?.isWell !== false,
      log: host === undefined ? log : undefined,
      tracing,
    });
  } catch (error) {
    await memphis?.destroy();
    rest?.destroy();
    platforms?.destroy();
    await accounts?.stop();
    await engine.destroy();
    throw error;
  }
  // Now that clients can come in.
  void tracing?.load();
  const { host: address, port } = engine;
  assert(address !== undefined && port !== undefined, "an engine told to listen does");
  return {
    url: urlOf("nats", address, port),
    host: address,
    port,
    owner,
    consoleOwner,
    httpUrl: http && urlOf(http.isEncrypted ? "https" : "http", config.host, http.port),
    memphisPort: memphis?.port,
    memphisRestPort: rest?.port,
    stats: () => engine.stats(),
    stop: async () => {
      await http?.close();
      await rest?.close();
      await memphis?.close();
      await platforms?.close();
      await accounts?.stop();
      await engine.close();
      await tracing?.close();
    },
    destroy: async () => {
      http?.destroy();
      rest?.destroy();
      await memphis?.destroy();
      platforms?.destroy();
      await engine.destroy();
      await accounts?.stop();
    },
  };
}

/** That of the owner at every door. */
function keptPasswordOf(
  owner: OwnerCredentials,
  accounts: AccountSupervisor,
  { passwordHashes }: Host,
): KeptPassword {
  const kept = new KeptPassword(owner, passwordHashes);
  kept.onChanged = (password) => accounts.setPassword(owner.user, password);
  return kept;
}

/** Nothing of it is loaded where no spans are wanted. */
async function openTracing(
  config: ServerConfig,
  logger: Logger,
): Promise<ServerTracing | undefined> {
  const settings = tracingOf(config);
  if (settings === undefined) return undefined;
  const { ServerTracing } = await import("./tracing/server-tracing.ts");
  return new ServerTracing(settings, logger);
}

async function openMemphis(
  config: ServerConfig,
  engine: Engine,
  world: Host,
): Promise<MemphisDoor | undefined> {
  const { host, memphisPort: port } = config;
  if (port === undefined) return undefined;
  const { MemphisDoor } = await import("./gateways/memphis-door.ts");
  try {
    return await MemphisDoor.open(engine, world, { host, port });
  } catch (error) {
    throw explainMemphisFailure(error, config);
  }
}

async function openMemphisRest(
  config: ServerConfig,
  engine: Engine,
  world: Host,
  tracing: ServerTracing | undefined,
): Promise<LazyDoor | undefined> {
  const { host, memphisRestPort: port } = config;
  if (port === undefined) return undefined;
  const { openMemphisRestDoor } = await import("./gateways/memphis-rest-door.ts");
  try {
    return await openMemphisRestDoor(engine, world, { host, port }, tracing);
  } catch (error) {
    throw explainMemphisRestFailure(error, config);
  }
}

const usualHttpPort = 9000;

function servesHttp({ httpPort, platform, jetstream }: ServerConfig): boolean {
  return httpPort !== "off" && platform && jetstream;
}

async function openHttp(
  config: ServerConfig,
  engine: Engine,
  world: Host,
  process: Pick<HttpDoorOptions, "owner" | "isPlatformWell" | "log" | "tracing">,
): Promise<LazyDoor | undefined> {
  if (!servesHttp(config)) return undefined;
  const { host, httpPort, httpTlsCertificate: certificate, httpTlsKey: key } = config;
  const { openHttpDoor } = await import("./gateways/http-door.ts");
  const tls = certificate === undefined || key === undefined ? undefined : { certificate, key };
  const options = { host, tls, trustedProxies: config.httpTrustedProxies, config, ...process };
  const chosen = httpPort === "off" ? undefined : httpPort;
  const port = chosen ?? (config.port === 0 ? 0 : usualHttpPort);
  try {
    return await openHttpDoor(engine, world, { ...options, port });
  } catch (error) {
    const isInUse = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    if (chosen === undefined && isInUse) {
      return openHttpDoor(engine, world, { ...options, port: 0 });
    }
    throw explainHttpFailure(error, config, port);
  }
}

/**
 * What the engine is told of a configuration.
 *
 * @param owner - Who comes in with credentials that the server has made.
 */
export function engineOptions(config: ServerConfig, owner?: OwnerCredentials): EngineOptions {
  return {
    serverName: config.serverName,
    dataDirectory: config.memory ? undefined : config.data,
    sync: config.sync,
    encryption: encryptionOptions(config),
    listen: { host: config.host, port: config.port },
    limits: {
      payloadMax: config.payloadMax,
      controlLineMax: config.controlLineMax,
      connectionsMax: config.connectionsMax,
      subscriptionsMax: config.subscriptionsMax,
      pendingBytesMax: config.pendingBytesMax,
      pingIntervalMs: config.pingIntervalMs,
      pingsOutMax: config.pingsOutMax,
      authTimeoutMs: config.authTimeoutMs,
      writeDeadlineMs: config.writeDeadlineMs,
    },
    auth: authOptions(config, owner),
    // The platform is told who asks it.
    requestInfoPrefix: "$OXBOW.API.",
    jetstream: {
      enabled: config.jetstream,
      memoryBytesMax: config.memoryBytesMax ?? -1,
      storageBytesMax: config.storageBytesMax ?? -1,
    },
  };
}

function authOptions(
  { user, password, token, users }: ServerConfig,
  owner: OwnerCredentials | undefined,
): EngineOptions["auth"] {
  if (token !== undefined) return { mode: "token", token };
  if (owner !== undefined)
    return { mode: "users", users: [{ user: owner.user, password: owner.password }] };
  const all = user === undefined || password === undefined ? users : [{ user, password }, ...users];
  return all.length === 0 ? { mode: "none" } : { mode: "users", users: all };
}

function urlOf(scheme: string, host: string, port: number): string {
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
