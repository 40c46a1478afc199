import { serverOptions } from "./options.ts";
import type { ServerConfig } from "./server-config.ts";
import type { ConfigSource } from "./source.ts";

/** The keys of {@link ServerConfig}, in the order of the option table. */
export const serverOptionKeys: readonly (keyof ServerConfig)[] = Object.keys(
  serverOptions,
) as (keyof ServerConfig)[];

/** `--max-payload <size>` is `--max-payload`; `undefined` for an option without a flag. */
export function flagName(key: keyof ServerConfig): string | undefined {
  return serverOptions[key].flag?.split(" ")[0];
}

/** Reads flags, given by option key: text, or `true` for a flag without a value. Absent ones are `undefined`. */
export function readFlags(
  flags: Readonly<Partial<Record<keyof ServerConfig, string | boolean | undefined>>>,
): ConfigSource {
  const source: ConfigSource = new Map();
  for (const key of serverOptionKeys) {
    const raw = flags[key];
    const origin = flagName(key);
    if (raw !== undefined && origin !== undefined) source.set(key, { raw, origin });
  }
  return source;
}

/** Reads the `OXBOW_…` variables. A variable that is set to nothing counts as not set. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): ConfigSource {
  const source: ConfigSource = new Map();
  for (const key of serverOptionKeys) {
    const name = serverOptions[key].environment;
    const raw = name === undefined ? undefined : environment[name];
    if (name !== undefined && raw !== undefined && raw !== "") {
      source.set(key, { raw, origin: name });
    }
  }
  return source;
}
