import { natsServer } from "./nats-server.ts";
import { oxbow } from "./oxbow.ts";
import type { ServerKind } from "./server.ts";

/** The names that `--servers` takes. */
export const SERVER_NAMES: readonly string[] = [
  "oxbow",
  "oxbow-interval",
  "oxbow-never",
  "oxbow=PATH",
  "nats",
  "nats-sync",
];

/**
 * Returns the server of this name. `oxbow=PATH` is the `oxbow.ts` of another checkout.
 *
 * @throws Error if there is no such server.
 */
export function serverKind(name: string): ServerKind {
  if (name.startsWith("oxbow=")) return oxbow(name, "always", name.slice("oxbow=".length));
  switch (name) {
    case "oxbow":
      return oxbow(name, "always");
    case "oxbow-interval":
      return oxbow(name, "interval:1000");
    case "oxbow-never":
      return oxbow(name, "never");
    case "nats":
      return natsServer(name, undefined);
    case "nats-sync":
      return natsServer(name, "always");
    default:
      throw new Error(`unknown server "${name}"; use one of ${SERVER_NAMES.join(", ")}`);
  }
}
