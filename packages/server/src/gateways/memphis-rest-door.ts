import type { Host } from "@oxbow/base";
import type { Engine } from "@oxbow/engine";
import type { ServerTracing } from "../tracing/server-tracing.ts";
import { connectFor } from "./client-connection.ts";
import { type DoorAddress, LazyDoor } from "./lazy-door.ts";

/**
 * Opens the port for the REST gateway of Memphis. Rejects with the network's error (`EADDRINUSE` …) where it can't listen.
 */
export function openMemphisRestDoor(
  engine: Engine,
  { clock, logger }: Host,
  address: DoorAddress,
  tracing: ServerTracing | undefined,
): Promise<LazyDoor> {
  const load = async () => {
    const { MemphisRestGateway } = await import("@oxbow/gateways/memphis-rest");
    const traced = await tracing?.load();
    return MemphisRestGateway.open({
      ...(traced !== undefined && { tracing: traced }),
      clock,
      logger,
      engine: {
        get isOpen() {
          return !engine.isAuthRequired;
        },
        connectAs: (credentials, client) =>
          connectFor(engine, "oxbow memphis rest", credentials, client),
      },
    });
  };
  return LazyDoor.open(load, logger, address);
}
