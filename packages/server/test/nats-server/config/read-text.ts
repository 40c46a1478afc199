import assert from "node:assert/strict";
import { parseNatsConf } from "@oxbow/wire/nats-conf";
import { splitFlags } from "../../../src/nats-server/command-line/flag-values.ts";
import { flagKinds } from "../../../src/nats-server/command-line/flags.ts";
import { Findings } from "../../../src/nats-server/config/findings.ts";
import { interpretConfig } from "../../../src/nats-server/config/interpret.ts";
import type { NatsServerConfig } from "../../../src/nats-server/config/server-config.ts";

/** A configuration text as a server would take it, with the files it may name. */
export interface TextSources {
  readonly flags?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
}

/** What a text means, and what is wrong with it. Places are in `a.conf`. */
export function readText(
  text: string,
  { flags = [], files = {} }: TextSources = {},
): { readonly config: NatsServerConfig } & Pick<Findings, "errors" | "warnings" | "notes"> {
  const findings = new Findings();
  const entries = parseNatsConf(text, { file: "a.conf" });
  const given = splitFlags(flags, flagKinds).flags;
  const config = interpretConfig(entries, given, findings, {
    readText: (path) => {
      const found = files[path];
      if (found !== undefined) return found;
      throw Object.assign(new Error(`no file ${path}`), { code: "ENOENT" });
    },
    canBeDirectory: () => true,
  });
  const { errors, warnings, notes } = findings;
  return { config, errors, warnings, notes };
}

/** What a text without errors means. */
export function configOf(text: string, sources?: TextSources): NatsServerConfig {
  const { config, errors } = readText(text, sources);
  assert.deepEqual(errors, []);
  return config;
}

/** What is wrong with a text. */
export function errorsOf(text: string, sources?: TextSources): readonly string[] {
  return readText(text, sources).errors;
}
