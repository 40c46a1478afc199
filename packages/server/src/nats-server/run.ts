import { rmSync, writeFileSync } from "node:fs";
import { OxbowError } from "@oxbow/base";
import { SERVER_VERSION } from "@oxbow/engine";
import { parseCommandLine, UsageError } from "./command-line/parse.ts";
import { type ConfigDraft, emptyDraft } from "./config/draft.ts";
import { Findings } from "./config/findings.ts";
import { finishConfig } from "./config/finish.ts";
import { readConfigFile } from "./config/load.ts";
import { refusePending } from "./config/pending.ts";
import type { NatsServerConfig } from "./config/server-config.ts";
import { explainStartFailure } from "./explain.ts";
import { engineLogger, ServerLog } from "./log/server-log.ts";
import { NatsServer } from "./nats-server.ts";
import { portsFilePath, removePortsFile, writePortsFile } from "./ports-file.ts";

const program = "nats-server";

/**
 * Runs a server that is told what to do the way nats-server is. Resolves to the exit status, after SIGINT or SIGTERM.
 */
export async function runNatsServer(argv: readonly string[]): Promise<number> {
  const draft = emptyDraft();
  let configFile: string | undefined;
  try {
    configFile = parseCommandLine(argv).configFile;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return die(error.message);
  }
  const config = loadConfig(configFile, draft);
  if (config === undefined) return 1;
  return await serve(config, configFile);
}

function loadConfig(
  configFile: string | undefined,
  draft: ConfigDraft,
): NatsServerConfig | undefined {
  const findings = new Findings();
  if (configFile !== undefined) {
    try {
      readConfigFile(configFile, draft, findings, process.env);
    } catch (error) {
      const isExplained = error instanceof OxbowError || (error as NodeJS.ErrnoException).code;
      if (!(error instanceof Error) || !isExplained) throw error;
      die(error.message);
      return undefined;
    }
  }
  const config = finishConfig(draft, findings);
  refusePending(config.engine, findings);
  for (const warning of findings.warnings) process.stderr.write(`${warning}\n`);
  if (findings.errors.length === 0) return config;
  die(findings.errors.join("\n"));
  return undefined;
}

async function serve(config: NatsServerConfig, configFile: string | undefined): Promise<number> {
  const { logging } = config;
  const log = new ServerLog(
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
  log.notice("Starting nats-server");
  log.notice(`  Version:  ${SERVER_VERSION}`);
  if (configFile !== undefined) log.notice(`Using configuration file: ${configFile}`);
  const stop = stopSignal(log);
  const files = new RunFiles(config);
  let server: NatsServer;
  try {
    const origin = { loadedAtMs: Date.now(), digest: "" };
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
