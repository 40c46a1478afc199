import type { NatsConnection } from "@nats-io/nats-core";
import type { Engine } from "@oxbow/engine";
import { accountOfTenant } from "@oxbow/platform";
import { connectInProcess } from "../accounts/connect-in-process.ts";

/**
 * A connection of the platform itself to what a tenant has, for what comes in at ingest URLs.
 *
 * @returns `undefined` if there is no such tenant.
 */
export async function connectToTenant(
  engine: Engine,
  tenant: string,
): Promise<NatsConnection | undefined> {
  const account = accountOfTenant(tenant);
  const isThere = engine.jetstreams.some(({ services }) => services.account.name === account);
  return isThere ? connectInProcess(engine, { user: "oxbow ingest", account }) : undefined;
}
