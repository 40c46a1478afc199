import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where a server of some make finds its files, and the port it shall listen on; 0 lets it choose one. */
export interface ServerPlace {
  readonly configPath: string;
  readonly dataDirectory: string;
  readonly port: number;
}

/** How to run one make of server, and how to know from its output that it serves. */
export interface ServerProgram {
  readonly name: "nats-server" | "oxbow";
  /** The stream that {@link ServerProgram.readyPort} reads. */
  readonly readyStream: "stdout" | "stderr";
  /** Executable and arguments. */
  command(place: ServerPlace): readonly [string, ...string[]];
  /** The port, if `output`, everything the server has written so far, says that it is ready. */
  readyPort(output: string): number | undefined;
}

/** The `nats-server` that stands first on PATH, or `undefined` if there is none. */
export function natsServerProgram(): ServerProgram | undefined {
  const path = findOnPath("nats-server");
  if (path === undefined) return undefined;
  return {
    name: "nats-server",
    readyStream: "stderr",
    command: ({ configPath, port }) => [
      path,
      "--config",
      configPath,
      "--port",
      String(port === 0 ? -1 : port),
    ],
    readyPort(output) {
      if (!output.includes("Server is ready")) return undefined;
      const match = /Listening for client connections on \S+:(\d+)/.exec(output);
      return match === null ? undefined : Number(match[1]);
    },
  };
}

/** Oxbow of this repository, started from its sources the way a user starts it. */
export function oxbowProgram(): ServerProgram {
  const binary = fileURLToPath(new URL("../../../cli/bin/oxbow.js", import.meta.url));
  return {
    name: "oxbow",
    readyStream: "stdout",
    command: ({ configPath, dataDirectory, port }) => [
      process.execPath,
      binary,
      "start",
      "--port",
      String(port),
      "--data",
      dataDirectory,
      "--config",
      configPath,
      "--json",
    ],
    readyPort(output) {
      for (const line of output.split("\n").slice(0, -1)) {
        const event = readyEvent(line);
        if (event !== undefined) return event.port;
      }
      return undefined;
    },
  };
}

function readyEvent(line: string): { port: number } | undefined {
  if (!line.startsWith("{")) return undefined;
  const event: unknown = JSON.parse(line);
  if (typeof event !== "object" || event === null) return undefined;
  if (!("event" in event) || event.event !== "ready") return undefined;
  return "port" in event && typeof event.port === "number" ? { port: event.port } : undefined;
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
