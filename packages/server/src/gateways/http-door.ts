import { fileURLToPath } from "node:url";
import type { Host } from "@oxbow/base";
import type { Engine } from "@oxbow/engine";
import type { HttpGateway } from "@oxbow/gateways/http";
import type { KeptPassword } from "../accounts/kept-password.ts";
import type { ServerConfig } from "../config/index.ts";
import type { ServerLog } from "../logger.ts";
import { programVersion } from "../program-version.ts";
import type { ServerTracing } from "../tracing/server-tracing.ts";
import { connectFor } from "./client-connection.ts";
import { type DoorAddress, LazyDoor } from "./lazy-door.ts";
import { serverFacts } from "./server-facts.ts";
import type { TlsEntrance, TlsFiles } from "./tls-entrance.ts";

/** How HTTP is served. */
export interface HttpDoorOptions extends DoorAddress {
  /** Without it, connections are not encrypted. */
  readonly tls: TlsFiles | undefined;
  /** Addresses and networks of proxies that are believed what they say of whom they ask for. */
  readonly trustedProxies: readonly string[];
  /** Who may log in with a browser where the engine asks nobody who he is. */
  readonly owner: KeptPassword | undefined;
  /** Whether the platform answers, or would. */
  readonly isPlatformWell: () => boolean;
  /** What the process was told. */
  readonly config: ServerConfig;
  /** Where the process writes its log itself; `undefined` where that is somebody else's. */
  readonly log: ServerLog | undefined;
  /** Writes down what is asked for. */
  readonly tracing: ServerTracing | undefined;
}

/**
 * Opens the port for HTTP. Rejects with the network's error (`EADDRINUSE` …) where it can't listen.
 *
 * @throws OxbowError `CERTIFICATE_UNUSABLE`
 */
export async function openHttpDoor(
  engine: Engine,
  world: Host,
  options: HttpDoorOptions,
): Promise<LazyDoor> {
  const { clock, logger } = world;
  const { tls } = options;
  let entrance: TlsEntrance | undefined;
  if (tls !== undefined) {
    const { TlsEntrance } = await import("./tls-entrance.ts");
    entrance = await TlsEntrance.open(tls, clock, logger);
  }
  return LazyDoor.open(() => load(engine, world, options), logger, options, entrance);
}

async function load(
  engine: Engine,
  { clock, logger }: Host,
  { owner, trustedProxies, isPlatformWell, config, log, tracing }: HttpDoorOptions,
): Promise<HttpGateway> {
  const { HttpGateway } = await import("@oxbow/gateways/http");
  const { ProcessSystem } = await import("./process-system.ts");
  const traced = await tracing?.load();
  return HttpGateway.open({
    ...(traced !== undefined && { tracing: traced }),
    clock,
    logger,
    version: programVersion(),
    consoleDirectory: fileURLToPath(
      new URL("./dist/", import.meta.resolve("@oxbow/console/package.json")),
    ),
    trustedProxies,
    facts: serverFacts(engine, isPlatformWell),
    system: new ProcessSystem(engine, config, log),
    engine: {
      get isOpen() {
        return !engine.isAuthRequired;
      },
      get hasUsers() {
        return engine.options.auth.mode !== "none";
      },
      owner,
      connectAs: (credentials, client) => connectFor(engine, "oxbow http", credentials, client),
      connectTo: async (tenant) => {
        const { connectToTenant } = await import("./tenant-connection.ts");
        return connectToTenant(engine, tenant);
      },
    },
  });
}
