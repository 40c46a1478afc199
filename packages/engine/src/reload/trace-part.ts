import type { ClientConnection } from "../connection/client-connection.ts";
import type { ConnectionServices } from "../connection/connection-services.ts";
import type { ReloadPart } from "./reload-part.ts";

/** Begins or ends to tell the log what goes in and out of connections, of those too that are open. */
export function tracePart(
  services: ConnectionServices,
  connections: Iterable<ClientConnection>,
): ReloadPart {
  return {
    options: ["protocolTrace"],
    prepare: ({ protocolTrace }) => {
      return () => {
        services.protocolTrace = protocolTrace;
        for (const connection of connections) connection.traceProtocol(protocolTrace);
      };
    },
  };
}
