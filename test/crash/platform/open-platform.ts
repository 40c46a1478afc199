import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { type AccountPlace, defaultTenant, PlatformService } from "@oxbow/platform";
import type { PlatformConnections } from "../operations/operation.ts";
import { Yard } from "../yard.ts";

/** Who comes in as what, by the configuration of {@link platformServerConfig}. */
const tenantCredentials = { user: "tenant", pass: "tenant" } as const;

/** A server with an account for the platform, which everybody is in, and one for the tenants that it empties. */
export const platformServerConfig = `
jetstream { sync_interval: 2m }
accounts {
  A { jetstream: enabled, users: [{user: all, password: all}] }
  T { jetstream: enabled, users: [{user: tenant, password: tenant}] }
}
no_auth_user: all
`;

/** Looks at a server that a platform is beside. All tenants have one account there. */
export function openYardBeside(url: string): Promise<Yard> {
  return Yard.open(url, () => ({
    isEnforced: false,
    secrets: new Map(),
    inTenant: async (_, act) => {
      const connection = await connect({ servers: url, ...tenantCredentials });
      try {
        return await act(connection);
      } finally {
        await connection.close();
      }
    },
  }));
}

/** A platform as it runs beside a server of its own. */
export interface OpenPlatform extends AsyncDisposable {
  readonly connections: PlatformConnections;
}

/** Opens a platform that answers by itself; a process that is killed has only this in it. */
export async function openPlatform(url: string): Promise<OpenPlatform> {
  const connections = await connectPlatform(url);
  const service = await PlatformService.open(connections.connection, {
    version: "1.2.3",
    // Whoever asks says itself who it is: nobody but the test asks.
    isAskerKnown: true,
    accounts: placeOf(connections),
  });
  return {
    connections,
    [Symbol.asyncDispose]: async () => {
      await service.close();
      await connections.connection.close();
    },
  };
}

/** A connection that does not come back: what has died does not, either. */
export async function connectPlatform(url: string): Promise<PlatformConnections> {
  const options = { servers: url, reconnect: false };
  return {
    connection: await connect(options),
    tenant: () => connect({ ...options, ...tenantCredentials }),
  };
}

/** As the server has it, which does at once what the bucket says. */
function placeOf({ connection, tenant }: PlatformConnections): AccountPlace {
  return {
    tenant: defaultTenant,
    connect: (): Promise<NatsConnection> => Promise.resolve(connection),
    applied: () => Promise.resolve(),
    connectTo: tenant,
    isConfigured: () => true,
    ownPassword: () => undefined,
    usesOf: () => [],
  };
}
