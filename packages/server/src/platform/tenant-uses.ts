import type { Engine } from "@oxbow/engine";
import { accountOfTenant } from "@oxbow/platform";
import type { TenantUse } from "oxbow/control";

/** What tenants use now, as their quotas count it. */
export function usesOf(engine: Engine, tenants: readonly string[]): TenantUse[] {
  const connections = connectionsByAccount(engine);
  const jetstreams = new Map(
    engine.jetstreams.map((jetstream) => [jetstream.services.account.name, jetstream]),
  );
  return tenants.map((tenant) => {
    const account = accountOfTenant(tenant);
    const jetstream = jetstreams.get(account);
    const stored = { consumers: 0, storageBytes: 0, memoryBytes: 0 };
    for (const { config, log, consumers } of jetstream?.streams.values() ?? []) {
      stored.consumers += consumers.size;
      if (config.storage === "memory") stored.memoryBytes += log.bytes;
      else stored.storageBytes += log.bytes;
    }
    const { streamCount = 0, storageReserved = 0, memoryReserved = 0 } = jetstream?.usage() ?? {};
    return {
      ...{ tenant, streams: streamCount, ...stored },
      storageReservedBytes: storageReserved,
      memoryReservedBytes: memoryReserved,
      connections: connections.get(account) ?? 0,
    };
  });
}

/** Of clients; the server's own are no tenant's. */
function connectionsByAccount({ connections }: Engine): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { identity, isClosed } of connections) {
    if (identity === undefined || identity.isPartOfProgram === true || isClosed) continue;
    counts.set(identity.account, (counts.get(identity.account) ?? 0) + 1);
  }
  return counts;
}
