import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** How to run one make of server. Both take nats-server's flags and configuration files, and log as it does. */
export interface ServerProgram {
  readonly name: "nats-server" | "oxbow";
  /** Executable, and arguments that come before nats-server's flags. */
  readonly command: readonly [string, ...string[]];
}

/** The `nats-server` that stands first on PATH, or `undefined` if there is none. */
export function natsServerProgram(): ServerProgram | undefined {
  const path = findOnPath("nats-server");
  return path === undefined ? undefined : { name: "nats-server", command: [path] };
}

/** Oxbow of this repository, started from its sources the way a user of nats-server starts it. */
export function oxbowProgram(): ServerProgram {
  const binary = fileURLToPath(new URL("../../../cli/bin/oxbow.js", import.meta.url));
  return { name: "oxbow", command: [process.execPath, binary, "nats-server"] };
}

function findOnPath(name: string): string | undefined {
  for (const directory of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this directory; the next one may have it.
    }
  }
  return undefined;
}
