import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { OxbowError } from "@oxbow/base";
import { checkAcross } from "./cross-checks.ts";
import { invalidConfig, unreadableConfigFile } from "./errors.ts";
import { serverConfigSchema } from "./options.ts";
import type { ServerConfig } from "./server-config.ts";
import type { ConfigProblem, ConfigSource, SourceValue } from "./source.ts";
import { readEnvironment, readFlags, serverOptionKeys } from "./text-sources.ts";
import type { TracingSettings } from "./tracing-settings.ts";

/** Where the settings of a server may come from; a source on the left wins over those on its right. */
export interface ConfigSources {
  readonly flags?: Readonly<Partial<Record<keyof ServerConfig, string | boolean | undefined>>>;
  /** `OXBOW_…`, and `OTEL_…` for where spans go; also what `$variables` in the file see. Default: nothing. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Path of a file in nats-server's language. */
  readonly file?: string | undefined;
}

/**
 * Merges flags > environment > file > defaults, checks the result as a whole and freezes it.
 *
 * @throws OxbowError `CONFIG_INVALID` with one line for each problem, in all sources at once;
 * `CONFIG_FILE_UNREADABLE`.
 */
export async function resolveConfig(sources: ConfigSources): Promise<ServerConfig> {
  const problems: ConfigProblem[] = [];
  const environment = sources.environment ?? {};
  const merged: ConfigSource = new Map();
  if (sources.file !== undefined) {
    merge(merged, await readFileSource(sources.file, environment, problems));
  }
  merge(merged, readEnvironment(environment));
  merge(merged, readFlags(sources.flags ?? {}));
  const config = parseMerged(merged, problems);
  if (config !== undefined) problems.push(...checkAcross(config, merged));
  if (config !== undefined && isTraced(config, environment)) {
    const { readOpenTelemetry } = await import("./open-telemetry.ts");
    const { otlpEndpoint: endpoint } = config;
    const origin = merged.get("otlpEndpoint")?.origin ?? "";
    const given = endpoint === undefined ? undefined : { endpoint, origin };
    const read = readOpenTelemetry(environment, given);
    problems.push(...read.problems);
    if (read.settings !== undefined) tracings.set(config, read.settings);
  }
  if (config === undefined || problems.length > 0) throw invalidConfig(problems);
  origins.set(config, new Map([...merged].map(([key, { origin }]) => [key, origin])));
  return Object.freeze(config);
}

const origins: WeakMap<ServerConfig, ReadonlyMap<keyof ServerConfig, string>> = new WeakMap();

/** Where each option was written that somebody set: `--port`, `OXBOW_PORT`, `oxbow.conf:3:1 port`. */
export function originsOf(config: ServerConfig): ReadonlyMap<keyof ServerConfig, string> {
  return origins.get(config) ?? new Map<keyof ServerConfig, string>();
}

const tracings: WeakMap<ServerConfig, TracingSettings> = new WeakMap();

/** Where spans go; `undefined` for nowhere. Apart from the configuration, as there may be secrets in it. */
export function tracingOf(config: ServerConfig): TracingSettings | undefined {
  return tracings.get(config);
}

/** Whether anything says where spans go. */
function isTraced(
  { otlpEndpoint }: ServerConfig,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const names = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
  return otlpEndpoint !== undefined || names.some((name) => environment[name]);
}

function merge(target: ConfigSource, source: ConfigSource): void {
  for (const [key, value] of source) target.set(key, value);
}

function parseMerged(merged: ConfigSource, problems: ConfigProblem[]): ServerConfig | undefined {
  const raw = Object.fromEntries([...merged].map(([key, { raw }]) => [key, raw]));
  const result = serverConfigSchema.safeParse(raw);
  if (result.success) {
    // Every key is there, also the ones nobody set, so that configurations have one shape.
    const entries = serverOptionKeys.map((key) => [key, result.data[key]] as const);
    return Object.fromEntries(entries) as unknown as ServerConfig;
  }
  for (const issue of result.error.issues) {
    const [key, ...rest] = issue.path;
    const origin = merged.get(key as keyof ServerConfig)?.origin ?? String(key);
    const path = rest.length === 0 ? "" : ` ${rest.join(".")}`;
    problems.push({ origin: origin + path, message: issue.message });
  }
  return undefined;
}

/** The parser of the language is loaded only when there is a file, to keep the usual start quick. */
async function readFileSource(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
  problems: ConfigProblem[],
): Promise<ConfigSource> {
  const [{ parseNatsConf }, { readConfigFile }] = await Promise.all([
    import("@oxbow/wire/nats-conf"),
    import("./file-source.ts"),
  ]);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw unreadableConfigFile(path, cause);
  }
  try {
    const entries = parseNatsConf(text, { file: path, environment, include: includeFile });
    const file = readConfigFile(entries);
    problems.push(...file.problems);
    return file.source;
  } catch (error) {
    if (!(error instanceof OxbowError)) throw error;
    const [, origin = path, message = error.message] =
      /^(.*?:\d+:\d+): (.*)$/s.exec(error.message) ?? [];
    problems.push({ origin, message });
    return new Map<keyof ServerConfig, SourceValue>();
  }
}

function includeFile(path: string, includedFrom: string): { file: string; text: string } {
  const file = resolve(dirname(includedFrom), path);
  return { file, text: readFileSync(file, "utf8") };
}

/** The configuration for a log line: secrets are replaced. */
export function redactConfig(config: ServerConfig): Record<string, unknown> {
  const hidden = "[redacted]";
  return {
    ...config,
    password: config.password === undefined ? undefined : hidden,
    token: config.token === undefined ? undefined : hidden,
    encryptionKey: config.encryptionKey === undefined ? undefined : hidden,
    encryptionPreviousKey: config.encryptionPreviousKey === undefined ? undefined : hidden,
    users: config.users.map(({ user }) => ({ user, password: hidden })),
  };
}
