import { resolve } from "node:path";
import type { OwnerCredentials, RunningServer, ServerConfig } from "@oxbow/server";
import {
  describeSyncMode,
  formatSyncMode,
  resolveConfig,
  serverOptions,
} from "@oxbow/server/config";
import { Command, Option } from "commander";
import { exampleText } from "../examples.ts";
import { CommandFailure, UsageError } from "../failures.ts";
import { print, printJson } from "../output/print.ts";
import { renderFields } from "../output/table.ts";

interface StartOptions extends Record<string, string | boolean | undefined> {
  readonly config?: string;
  readonly json?: boolean;
}

/** `oxbow start`: runs a broker until SIGINT or SIGTERM. */
export function createCommand(): Command {
  const command = new Command("start").description(
    "Start the broker on this machine. It keeps its data in one directory and stops on Ctrl-C.",
  );
  for (const [key, { flag, environment, help, defaultText }] of Object.entries(serverOptions)) {
    if (flag === undefined) continue;
    const initial = defaultText === undefined ? "" : `, default ${defaultText}`;
    command.addOption(
      new Option(flag, `${help} (${environment}${initial})`).argParser((text) => text),
    );
    optionKeys.set(new Option(flag).attributeName(), key as keyof ServerConfig);
  }
  return command
    .option("--config <file>", "file with settings, in nats-server's language (OXBOW_CONFIG)")
    .option("--json", "print one JSON line when ready and one at the end")
    .addHelpText(
      "after",
      exampleText([
        "oxbow start",
        "oxbow start --port 0 --memory",
        "oxbow start --data /var/lib/oxbow --sync interval:100",
        "oxbow start --host 0.0.0.0 --auth",
        "oxbow start --memphis-port 6666",
        "oxbow start --config oxbow.conf",
      ]),
    )
    .action(runStart);
}

/** Commander names an option after its flag, the configuration after what it means. */
const optionKeys = new Map<string, keyof ServerConfig>();

async function runStart(options: StartOptions): Promise<void> {
  const config = await resolveStartConfig(options);
  // Loaded here, so that help and a wrong command line need no engine.
  const { startServer } = await import("@oxbow/server");
  const signals = listenForSignals();
  let server: RunningServer;
  try {
    server = await startServer(config);
  } catch (error) {
    throw isExplained(error) ? new CommandFailure(error.message, { cause: error }) : error;
  }
  announceReady(server, config, options.json === true);
  await signals.stop;
  if (options.json !== true) print("stopping: clients are told, and what they sent is written");
  void destroyOnSecondSignal(server, signals);
  await server.stop();
  announceStopped(server, options.json === true);
  exitWhenWritten();
}

async function destroyOnSecondSignal(server: RunningServer, signals: Signals): Promise<void> {
  await signals.second;
  void server.destroy();
  process.exit(1);
}

/** A handle that somebody left open must not keep a stopped server alive, nor the last line get lost. */
function exitWhenWritten(): void {
  process.stdout.write("", () => process.exit(0));
}

async function resolveStartConfig(options: StartOptions): Promise<ServerConfig> {
  const flags: Partial<Record<keyof ServerConfig, string | boolean>> = {};
  for (const [name, key] of optionKeys) {
    const value = options[name];
    if (value !== undefined) flags[key] = value;
  }
  const file = options.config ?? process.env["OXBOW_CONFIG"];
  try {
    return await resolveConfig({
      flags,
      environment: process.env,
      file: file === "" ? undefined : file,
    });
  } catch (error) {
    throw isExplained(error) ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** Errors with a code of ours carry a message for the user; all others are bugs. */
function isExplained(error: unknown): error is Error {
  return error instanceof Error && error.name === "OxbowError";
}

function announceReady(server: RunningServer, config: ServerConfig, isJson: boolean): void {
  const { url, host, port, owner, consoleOwner, httpUrl, memphisPort, memphisRestPort } = server;
  const data = config.memory ? undefined : resolve(config.data);
  const sync = formatSyncMode(config.sync);
  if (isJson) {
    printJson({
      event: "ready",
      url,
      host,
      port,
      ...(httpUrl !== undefined && { httpUrl }),
      ...(memphisPort !== undefined && { memphisPort }),
      ...(memphisRestPort !== undefined && { memphisRestPort }),
      data: data ?? null,
      sync: config.memory ? "memory" : sync,
      pid: process.pid,
      ...(owner?.isNew === true && { owner: { ...owner, isNew: undefined } }),
      ...(consoleOwner?.isNew === true && {
        consoleOwner: { ...consoleOwner, isNew: undefined },
      }),
    });
    return;
  }
  const promise = config.memory
    ? "a restart of the server loses everything"
    : describeSyncMode(config.sync);
  const option = url === "nats://127.0.0.1:4222" ? "" : ` --server ${url}`;
  const credentials =
    config.token !== undefined
      ? " --token …"
      : needsUser(config) || owner !== undefined
        ? ` --user ${owner?.user ?? "…"} --password …`
        : "";
  print("Oxbow is ready");
  print(
    renderFields([
      ["address", url],
      ...(httpUrl === undefined ? [] : ([["console", httpUrl]] as const)),
      ...(memphisPort === undefined
        ? []
        : ([["memphis", `port ${memphisPort}, for its SDKs`]] as const)),
      ...(memphisRestPort === undefined
        ? []
        : ([["memphis rest", `port ${memphisRestPort}`]] as const)),
      ["data", data ?? "in memory only"],
      ["sync", config.memory ? promise : `${sync}: ${promise}`],
      ["connect", `oxbow sub ">"${option}${credentials}, or any NATS client`],
      ...(owner?.isNew === true ? credentialFields("", owner) : []),
      ...(consoleOwner?.isNew === true ? credentialFields("console ", consoleOwner) : []),
      ["stop", "Ctrl-C"],
    ]),
  );
}

function credentialFields(
  of: string,
  { user, password, file }: OwnerCredentials,
): [string, string][] {
  return [
    [`${of}user`, user],
    [`${of}password`, `${password} (shown this once)`],
    ["kept in", file ?? "nowhere: a restart makes others"],
  ];
}

function needsUser(config: ServerConfig): boolean {
  return config.user !== undefined || config.users.length > 0;
}

function announceStopped(server: RunningServer, isJson: boolean): void {
  const { commits, syncs, records } = server.stats();
  if (isJson) printJson({ event: "stopped", commits, syncs, records });
  else print(`stopped after ${records} records in ${commits} commits and ${syncs} syncs`);
}

interface Signals {
  /** The first SIGINT or SIGTERM, or the end of the parent that talks to this process. */
  readonly stop: Promise<void>;
  readonly second: Promise<void>;
}

function listenForSignals(): Signals {
  const stop = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let count = 0;
  const onSignal = (): void => {
    count += 1;
    if (count === 1) stop.resolve();
    else second.resolve();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  // A parent that forked this server, such as the demo, takes it along when it dies, however it dies.
  process.once("disconnect", onSignal);
  return { stop: stop.promise, second: second.promise };
}
