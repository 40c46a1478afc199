import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseNatsConf } from "@oxbow/wire/nats-conf";
import type { ConfigDraft } from "./draft.ts";
import type { Findings } from "./findings.ts";
import { type ConfigFiles, readMap } from "./reading.ts";
import { topLevelFields } from "./top-level.ts";

/** The files of this machine. */
export const machineFiles: ConfigFiles = {
  readText: (path) => readFileSync(path, "utf8"),
  canBeDirectory: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true,
};

/**
 * Reads a file, and those it includes, into `draft`. What is wrong with keys goes to `findings`.
 *
 * @throws OxbowError where the text cannot be parsed; the error of the operating system where there is no such file.
 */
export function readConfigFile(
  path: string,
  draft: ConfigDraft,
  findings: Findings,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const entries = parseNatsConf(readFileSync(path, "utf8"), {
    file: path,
    environment,
    include: (included, includedFrom) => {
      const file = join(dirname(includedFrom), included);
      return { file, text: readFileSync(file, "utf8") };
    },
  });
  if (entries.size === 0) findings.warn(undefined, `${path}: config has no values or is empty`);
  readMap(entries, topLevelFields, draft, { findings, files: machineFiles });
}
