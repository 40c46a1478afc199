import type { Engine } from "@oxbow/engine";
import type { ServerFacts } from "@oxbow/gateways/http";

type Health = ReturnType<ServerFacts["health"]>;

/** The account of tenants that have none of their own, and how the others are called. */
const ownTenant = "default";
const ownAccount = "$G";

/**
 * What the server tells about itself over HTTP.
 *
 * @param isPlatformWell - Whether requests of the platform are answered, or would be.
 */
export function serverFacts(engine: Engine, isPlatformWell: () => boolean): ServerFacts {
  return {
    numbers: () => engine.stats(),
    times: () => engine.times(),
    gates: (tenant) => {
      const counts = engine.gateCounts().get(tenant === ownTenant ? ownAccount : tenant);
      return counts === undefined ? undefined : { ...counts };
    },
    health: () => healthOf(engine, isPlatformWell()),
  };
}

/** Nothing is told that who has no credentials need not know: of an error its code, of a file nothing. */
function healthOf(engine: Engine, isPlatformWell: boolean): Health {
  const { storeFailure, isLameDuck } = engine;
  const check = (name: string, isOk: boolean, reason: string): Health[number] =>
    isOk ? { name, isOk } : { name, isOk, reason };
  return [
    check("store", storeFailure === undefined, `nothing can be stored${codeIn(storeFailure)}`),
    check("jetstream", engine.jetstreams.length > 0, "there is no JetStream"),
    check("platform", isPlatformWell, "the platform can't be opened; the log says why"),
    check("clients", !isLameDuck, "the server lets its clients go"),
  ];
}

function codeIn(error: Error | undefined): string {
  const { code } = (error?.cause ?? error ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? `: ${code}` : "; the log says why";
}
