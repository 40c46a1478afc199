import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { RunningServer, ServerKind, StartOptions } from "./server.ts";
import { ServerProcess } from "./server-process.ts";

/** The command of this checkout. */
const OWN_COMMAND: string = fileURLToPath(
  new URL("../../packages/cli/bin/oxbow.js", import.meta.url),
);

/** The lines of `oxbow start --json` that matter here. */
type OxbowEvent =
  | { event: "ready"; port: number; pid: number; httpUrl: string }
  | { event: "stopped"; commits: number; syncs: number; records: number };

/** Returns the event on a line, or `undefined` if the line is something else, such as a log entry. */
function parseEvent(line: string): OxbowEvent | undefined {
  if (!line.startsWith('{"event":')) return undefined;
  try {
    return JSON.parse(line) as OxbowEvent;
  } catch {
    return undefined;
  }
}

async function start(command: string, sync: string, options: StartOptions): Promise<RunningServer> {
  const ready = Promise.withResolvers<{ port: number; pid: number; httpUrl: string }>();
  let syncCount: number | undefined;
  const serverProcess = new ServerProcess(
    [process.execPath, command, "start", "--json", "--host", "127.0.0.1", "--port", "0"].concat([
      "--data",
      options.dir,
      "--sync",
      sync,
    ]),
    options.cpu,
    (line) => {
      const event = parseEvent(line);
      if (event?.event === "ready") ready.resolve(event);
      else if (event?.event === "stopped") syncCount = event.syncs;
    },
  );
  const { port, readyMs } = await serverProcess.ready(ready.promise.then((event) => event.port));
  const { pid, httpUrl } = await ready.promise;
  return {
    port,
    httpPort: Number(new URL(httpUrl).port),
    pid,
    readyMs,
    crashed: serverProcess.crashed,
    async stop() {
      await serverProcess.stop(pid);
      return { syncCount };
    },
  };
}

/**
 * Oxbow, run by the Node that runs the benchmark.
 *
 * @param command - Path of another checkout's `packages/cli/bin/oxbow.js`, to compare two versions.
 */
export function oxbow(name: string, sync: string, command: string = OWN_COMMAND): ServerKind {
  const from = command === OWN_COMMAND ? "" : ` from ${command}`;
  return {
    name,
    description: `Oxbow, sync ${sync}${from}, Node ${process.versions.node}`,
    isDurableOnly: false,
    hasPlatform: true,
    syncCounting: "always",
    async version() {
      if (!existsSync(command)) return undefined;
      const { stdout } = await promisify(execFile)(process.execPath, [command, "--version"]);
      return stdout.trim();
    },
    start: (options) => start(command, sync, options),
  };
}
