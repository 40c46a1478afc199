import type { Host } from "@oxbow/base";
import type { ConnectionRegistry } from "../connection/connection-registry.ts";
import type { ConnectionServices } from "../connection/connection-services.ts";

/** What the doors of an engine share. */
export interface DoorServices {
  readonly host: Host;
  readonly connections: ConnectionRegistry;
  readonly connectionServices: ConnectionServices;
}
