import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The `nats` command line on PATH; `undefined` if there is none. CI has to have it. */
export function natsCommand(): string | undefined {
  for (const directory of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(directory, "nats");
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this directory; the next one may have it.
    }
  }
  if (process.env["OXBOW_REQUIRE_PEERS"] === "1") {
    throw new Error("no `nats` command line on PATH, and OXBOW_REQUIRE_PEERS demands one");
  }
  return undefined;
}
