import { rmSync, writeFileSync } from "node:fs";
import { SERVER_VERSION } from "@oxbow/engine";
import {
  type CommandLine,
  parseCommandLine,
  UnknownCommandError,
  UsageError,
} from "./command-line/parse.ts";
import { machineProcesses, sendSignal } from "./command-line/send-signal.ts";
import { tlsHelp, usage } from "./command-line/usage.ts";
import { type LoadedConfig, loadConfig } from "./config/load.ts";
import type { NatsServerConfig } from "./config/server-config.ts";
import { explainStartFailure } from "./explain.ts";
import { engineLogger, ServerLog } from "./log/server-log.ts";
import { NatsServer } from "./nats-server.ts";
import { portsFilePath, removePortsFile, writePortsFile } from "./ports-file.ts";

/** What errors begin with, and the name the process goes by, so that tools that look for nats-server find it. */
const program = "nats-server";

/**
 * Runs a server that is told what to do the way nats-server is. Resolves to the exit status, after SIGINT or SIGTERM.
 */
export async function runNatsServer(argv: readonly string[]): Promise<number> {
  let commandLine: CommandLine;
  try {
    commandLine = parseCommandLine(argv);
  } catch (error) {
    if (error instanceof UsageError) {
      // nats-server ends with status 0 here; a service manager would take a wrong flag for success.
      process.stderr.write(`${error.message}\n${usage}`);
      return 1;
    }
    if (error instanceof UnknownCommandError) return die(error.message);
    throw error;
  }
  return await carryOut(commandLine);
}

async function carryOut(commandLine: CommandLine): Promise<number> {
  const { action, configFile, flags, signal = "" } = commandLine;
  switch (action) {
    case "help":
      process.stdout.write(usage);
      return 0;
    case "help-tls":
      process.stdout.write(tlsHelp);
      return 0;
    case "version":
      process.stdout.write(`${program}: v${SERVER_VERSION}\n`);
      return 0;
    case "signal": {
      const failure = sendSignal(signal, machineProcesses);
      return failure === undefined ? 0 : die(failure);
    }
    case "check": {
      const loaded = loadConfig({ file: configFile, flags, environment: process.env });
      const findings = [...loaded.warnings, ...loaded.errors];
      if (findings.length > 0) return die(findings.join("\n"));
      process.stderr.write(
        `${program}: configuration file ${configFile} is valid (${loaded.digest})\n`,
      );
      return 0;
    }
    case "serve": {
      const loaded = loadConfig({ file: configFile, flags, environment: process.env });
      if (loaded.errors.length > 0) return die([...loaded.warnings, ...loaded.errors].join("\n"));
      for (const warning of loaded.warnings) process.stderr.write(`${warning}\n`);
      return await serve(loaded, configFile);
    }
  }
}

async function serve(
  { config, digest, notes }: LoadedConfig,
  configFile: string | undefined,
): Promise<number> {
  process.title = program;
  const log = openLog(config);
  log.notice("Starting nats-server");
  log.notice(`  Version:  ${SERVER_VERSION}`);
  if (configFile !== undefined) log.notice(`Using configuration file: ${configFile} (${digest})`);
  for (const note of notes) log.warn(note);
  const stop = stopSignal(log);
  const files = new RunFiles(config);
  let server: NatsServer;
  try {
    const origin = { loadedAtMs: Date.now(), digest };
    server = await NatsServer.open(config, origin, log, engineLogger(log));
  } catch (error) {
    log.fatal(explainStartFailure(error, config));
    return 1;
  }
  files.write(server);
  log.notice("Server is ready");
  await stop;
  log.notice("Initiating Shutdown...");
  await server.close();
  files.remove();
  log.notice("Server Exiting..");
  return 0;
}

function openLog({ logging }: NatsServerConfig): ServerLog {
  return new ServerLog(
    { write: (line) => void process.stderr.write(line) },
    {
      time: logging.time,
      timeUtc: logging.timeUtc,
      isColoured: process.stderr.isTTY === true,
      pid: process.pid,
    },
    logging,
    () => performance.timeOrigin + performance.now(),
  );
}

/** The files that tell others where this process is. */
class RunFiles {
  readonly #pidFile: string | undefined;
  readonly #portsFile: string | undefined;

  constructor({ pidFile, portsFileDirectory }: NatsServerConfig) {
    this.#pidFile = pidFile;
    this.#portsFile =
      portsFileDirectory === undefined ? undefined : portsFilePath(portsFileDirectory, process.pid);
  }

  write(server: NatsServer): void {
    if (this.#pidFile !== undefined) writeFileSync(this.#pidFile, String(process.pid));
    if (this.#portsFile !== undefined) writePortsFile(this.#portsFile, server.ports);
  }

  remove(): void {
    if (this.#pidFile !== undefined) rmSync(this.#pidFile, { force: true });
    if (this.#portsFile !== undefined) removePortsFile(this.#portsFile);
  }
}

function stopSignal(log: ServerLog): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const [signal, name] of [
    ["SIGINT", "interrupt"],
    ["SIGTERM", "terminated"],
  ] as const) {
    process.on(signal, () => {
      log.notice(`Trapped "${name}" signal`);
      resolve();
    });
  }
  return promise;
}

function die(text: string): number {
  process.stderr.write(`${program}: ${text}\n`);
  return 1;
}
