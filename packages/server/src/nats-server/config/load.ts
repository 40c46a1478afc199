import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { OxbowError } from "@oxbow/base";
import { type ConfMap, parseNatsConf } from "@oxbow/wire/nats-conf";
import type { GivenFlag } from "../command-line/flag-values.ts";
import { configDigest } from "./digest.ts";
import { Findings } from "./findings.ts";
import { interpretConfig } from "./interpret.ts";
import type { ConfigFiles } from "./reading.ts";
import type { NatsServerConfig } from "./server-config.ts";

/** Where a configuration comes from. */
export interface ConfigSources {
  readonly file: string | undefined;
  /** Flags go before the file. */
  readonly flags: readonly GivenFlag[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A configuration as it was read. `config` may only be used without errors. */
export interface LoadedConfig {
  readonly config: NatsServerConfig;
  /** Of the file; empty without one. */
  readonly digest: string;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** For the log of a server that runs with it. */
  readonly notes: readonly string[];
}

/** The files of this machine. */
export const machineFiles: ConfigFiles = {
  readText: (path) => readFileSync(path, "utf8"),
  canBeDirectory: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true,
};

/** Reads the file and everything it names, puts the flags before it, and checks the whole. */
export function loadConfig({ file, flags, environment }: ConfigSources): LoadedConfig {
  const findings = new Findings();
  const entries = file === undefined ? undefined : parseFile(file, findings, environment);
  if (entries?.size === 0) findings.warn(undefined, `${file}: config has no values or is empty`);
  const config = interpretConfig(entries, flags, findings, machineFiles);
  const { errors, warnings, notes } = findings;
  const digest = entries === undefined ? "" : configDigest(entries);
  return { config, digest, errors, warnings, notes };
}

/** Parses a file and those it includes. Where that fails there is a finding and nothing else. */
function parseFile(
  file: string,
  findings: Findings,
  environment: ConfigSources["environment"],
): ConfMap | undefined {
  try {
    return parseNatsConf(readFileSync(file, "utf8"), {
      file,
      environment,
      include: (path, includedFrom) => {
        const included = join(dirname(includedFrom), path);
        return { file: included, text: readFileSync(included, "utf8") };
      },
    });
  } catch (error) {
    findings.error(undefined, explainUnreadable(file, error));
    return undefined;
  }
}

/** Errors of the language say where they are; those of the system are put into words. */
function explainUnreadable(file: string, error: unknown): string {
  if (error instanceof OxbowError) return error.message;
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return `open ${file}: no such file or directory`;
    case "EACCES":
      return `open ${file}: permission denied`;
    case "EISDIR":
      return `read ${file}: is a directory`;
    default:
      throw error;
  }
}
