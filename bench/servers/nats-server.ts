import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RunningServer, ServerKind, StartOptions } from "./server.ts";
import { ServerProcess } from "./server-process.ts";
import { countSyncs, isStraceAvailable, traceCommand, tracedPid } from "./strace.ts";
import { isOnPath } from "./which.ts";

/** Asks the kernel for a free loopback port; nats-server cannot report one that it picks itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no free port");
  return address.port;
}

async function writeConfig(
  options: StartOptions,
  syncInterval: string | undefined,
): Promise<string> {
  const sync = syncInterval === undefined ? "" : `  sync_interval: ${syncInterval}\n`;
  await mkdir(options.dir, { recursive: true });
  const file = join(options.dir, "nats-server.conf");
  await writeFile(file, `jetstream {\n  store_dir: "${options.dir}"\n${sync}}\n`);
  return file;
}

async function start(
  options: StartOptions,
  syncInterval: string | undefined,
): Promise<RunningServer> {
  const config = await writeConfig(options, syncInterval);
  const traceFile = join(options.dir, "strace.txt");
  const port = await freePort();
  const command = ["nats-server", "-c", config, "-a", "127.0.0.1", "-p", String(port)];
  const process = new ServerProcess(
    options.countsSyncs ? traceCommand(command, traceFile) : command,
    options.cpu,
  );
  const { readyMs } = await process.ready(Promise.resolve(port));
  const pid = options.countsSyncs ? await tracedPid(process.pid) : process.pid;
  return {
    port,
    pid,
    readyMs,
    crashed: process.crashed,
    async stop() {
      await process.stop(pid);
      // A tracer whose server crashed leaves no table.
      if (!options.countsSyncs || !existsSync(traceFile)) return { syncCount: undefined };
      return { syncCount: countSyncs(await readFile(traceFile, "utf8")) };
    },
  };
}

/** A real `nats-server` from `PATH`. With `syncInterval` undefined it keeps its default of two minutes. */
export function natsServer(name: string, syncInterval: string | undefined): ServerKind {
  return {
    name,
    description: `nats-server, sync_interval ${syncInterval ?? "at its default (2m)"}`,
    hasPlatform: false,
    isDurableOnly: syncInterval !== undefined,
    syncCounting: isStraceAvailable() ? "on-request" : "never",
    async version() {
      if (!isOnPath("nats-server")) return undefined;
      const { stdout } = await promisify(execFile)("nats-server", ["--version"]);
      return stdout.trim();
    },
    start: (options) => start(options, syncInterval),
  };
}
