import type { ClientConnection } from "../connection/client-connection.ts";
import type { ConnectionServices } from "../connection/connection-services.ts";
import { defaultLimits } from "../engine-options.ts";
import type { ReloadPart } from "./reload-part.ts";

/** Takes up what connections may use. If there are too many of them, the newest are closed. */
export function limitsPart(
  services: ConnectionServices,
  connections: Iterable<ClientConnection>,
): ReloadPart {
  return {
    options: Object.keys(defaultLimits).map((name) => `limits.${name}`),
    prepare: ({ limits }) => {
      return () => {
        services.limits = limits;
        const all = [...connections];
        for (const connection of all) connection.applyLimits();
        for (const connection of all.slice(limits.connectionsMax)) {
          connection.close("maximum connections exceeded");
        }
      };
    },
  };
}
