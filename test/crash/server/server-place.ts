import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { ControlClient } from "oxbow/control";
import type { YardPlace } from "../yard.ts";

const visitor = "visitor";

/** Within a whole server tenants are accounts of their own, which nobody gets into but by being made a user of one. */
export function serverPlace(
  url: string,
  secrets: Map<string, string>,
): (connection: NatsConnection) => YardPlace {
  return (connection) => ({
    isEnforced: true,
    secrets,
    inTenant: async (tenant, act) => {
      const control = new ControlClient(connection);
      const user = { user: visitor };
      try {
        await control.call("user.create", user, { tenant, password: null, role: "owner" });
      } catch {
        return undefined;
      }
      const { secret } = await control.call("user.addKey", user, { tenant });
      const credentials = { user: `${visitor}$${tenant}`, pass: secret };
      const own = await connect({ servers: url, ...credentials, reconnect: false });
      try {
        return await act(own);
      } finally {
        await own.close();
        await control.call("user.delete", user, { tenant });
      }
    },
  });
}
