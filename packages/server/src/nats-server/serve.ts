import { SERVER_VERSION } from "@oxbow/engine";
import { type ConfigSources, type LoadedConfig, loadConfig } from "./config/load.ts";
import { explainStartFailure, StartRefusal } from "./explain.ts";
import { changeLog, openLog, reopenLog } from "./log/open-log.ts";
import { engineLogger, type ServerLog } from "./log/server-log.ts";
import { NatsServer } from "./nats-server.ts";
import { RunFiles } from "./run-files.ts";

/** What the operating system calls the signals that end a server. */
const endings = { SIGINT: "interrupt", SIGTERM: "terminated" } as const;

/**
 * Runs a server with a configuration that has no errors, until a signal ends it. Resolves to the exit status.
 *
 * SIGINT and SIGTERM end it in order, a second one at once; SIGUSR2 ends it slowly; SIGHUP reads the configuration again;
 * SIGUSR1 reopens the log file.
 */
export async function serve(loaded: LoadedConfig, sources: ConfigSources): Promise<number> {
  const log = openLog(loaded.config.logging);
  logBugs(log);
  announce(log, loaded, sources);
  const ending = Promise.withResolvers<void>();
  const process = new ServerProcess(log, sources);
  // All of them from the start: what is not listened to ends the process.
  listenForEnd(log, ending.resolve, () => process.destroy());
  listen("SIGHUP", () => {
    log.notice('Trapped "hangup" signal');
    void process.reload();
  });
  listen("SIGUSR1", () => {
    log.notice('Trapped "user defined signal 1" signal');
    reopenLog(log);
  });
  listen("SIGUSR2", () => {
    log.notice('Trapped "user defined signal 2" signal');
    void process.enterLameDuck().then(ending.resolve, (error: Error) => log.error(error.message));
  });
  try {
    await process.open(loaded);
  } catch (error) {
    log.fatal(explainStartFailure(error, loaded.config));
    await process.abandon();
    return 1;
  }
  await ending.promise;
  await process.close();
  return 0;
}

function announce(log: ServerLog, { digest, notes }: LoadedConfig, { file }: ConfigSources): void {
  log.notice("Starting nats-server");
  log.notice(`  Version:  ${SERVER_VERSION}`);
  if (file !== undefined) log.notice(`Using configuration file: ${file} (${digest})`);
  for (const note of notes) log.warn(note);
}

/** A bug ends the process, as everywhere; its stack goes where the log goes. */
function logBugs(log: ServerLog): void {
  process.on("uncaughtException", (error) => {
    log.fatal(`unexpected failure, please report it: ${error.stack ?? error.message}`);
    process.exit(1);
  });
}

function listenForEnd(log: ServerLog, end: () => void, destroy: () => void): void {
  let count = 0;
  for (const [signal, name] of Object.entries(endings)) {
    listen(signal as NodeJS.Signals, () => {
      log.notice(`Trapped "${name}" signal`);
      count += 1;
      if (count === 1) end();
      else destroy();
    });
  }
}

function listen(signal: NodeJS.Signals, handle: () => void): void {
  process.on(signal, handle);
}

/** The server of this process, with its files and its log. */
class ServerProcess {
  readonly #log: ServerLog;
  readonly #sources: ConfigSources;
  readonly #files: RunFiles = new RunFiles();
  #server: NatsServer | undefined = undefined;
  /** Reloads one after the other. */
  #reloading: Promise<unknown> = Promise.resolve();

  constructor(log: ServerLog, sources: ConfigSources) {
    this.#log = log;
    this.#sources = sources;
  }

  /** A reload that is asked for meanwhile is carried out afterwards. */
  open(loaded: LoadedConfig): Promise<void> {
    const opening = this.#open(loaded);
    this.#reloading = opening.catch(() => undefined);
    return opening;
  }

  async #open({ config, digest }: LoadedConfig): Promise<void> {
    const log = this.#log;
    const origin = { loadedAtMs: Date.now(), digest };
    this.#server = await NatsServer.open(config, origin, log, engineLogger(log));
    const { engine } = this.#server;
    if (engine !== undefined && this.#sources.file !== undefined) {
      engine.process.reload = () => this.reload();
    }
    const problem = this.#files.write(config, this.#server.ports, log);
    if (problem !== undefined) throw new StartRefusal(`Could not write pidfile: ${problem}`);
    log.notice("Server is ready");
  }

  async close(): Promise<void> {
    this.#log.notice("Initiating Shutdown...");
    await this.#reloading;
    await this.#server?.close();
    this.#files.remove();
    this.#log.notice("Server Exiting..");
  }

  /** Ends what a start that failed has opened. */
  async abandon(): Promise<void> {
    await this.#server?.close();
    this.#files.remove();
  }

  /** Lets clients go one by one; resolves when the last has gone. */
  async enterLameDuck(): Promise<void> {
    await this.#reloading;
    await this.#server?.enterLameDuck();
  }

  /** Ends the process at once, which is safe at any time. */
  destroy(): void {
    this.#files.remove();
    process.exit(1);
  }

  /** Reads the configuration again and takes up what has changed; whatever goes wrong, which it resolves with, the server goes on as before. */
  reload(): Promise<string | undefined> {
    const outcome = this.#reloading.then(async () => {
      const failure = await this.#reload();
      if (failure !== undefined)
        this.#log.error(`Failed to reload server configuration: ${failure}`);
      return failure;
    });
    this.#reloading = outcome;
    return outcome;
  }

  async #reload(): Promise<string | undefined> {
    const server = this.#server;
    if (server === undefined) return "the server is not ready";
    if (this.#sources.file === undefined) {
      return "can only reload config when a file is provided using -c or --config";
    }
    try {
      const loaded = loadConfig(this.#sources);
      if (loaded.errors.length > 0) return [...loaded.warnings, ...loaded.errors].join("\n");
      for (const warning of loaded.warnings) this.#log.warn(warning);
      const { config, digest } = loaded;
      const failure = await server.reload(config, { loadedAtMs: Date.now(), digest });
      if (failure !== undefined) return failure;
      changeLog(this.#log, config.logging);
      const problem = this.#files.write(config, server.ports, this.#log);
      if (problem !== undefined) this.#log.error(`Failed to write pidfile: ${problem}`);
      this.#log.notice(`Reloaded server configuration (${digest})`);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
