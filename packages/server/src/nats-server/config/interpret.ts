import type { ConfEntry, ConfMap } from "@oxbow/wire/nats-conf";
import type { GivenFlag } from "../command-line/flag-values.ts";
import { applyFlags } from "../command-line/flags.ts";
import { checkAcross } from "./cross-checks.ts";
import { emptyDraft } from "./draft.ts";
import type { Findings } from "./findings.ts";
import { finishConfig } from "./finish.ts";
import { type ConfigFiles, type Reading, readMap } from "./reading.ts";
import type { NatsServerConfig } from "./server-config.ts";
import { topLevelFields } from "./top-level.ts";

/**
 * What a parsed file and flags mean; flags go before the file. What is wrong goes to `findings`; with errors there, the
 * result must not be used.
 */
export function interpretConfig(
  entries: ConfMap | undefined,
  flags: readonly GivenFlag[],
  findings: Findings,
  files: ConfigFiles,
): NatsServerConfig {
  const reading: Reading = {
    findings,
    files,
    positionOf: (key) => findEntry(entries, key)?.keyPosition,
  };
  const draft = emptyDraft();
  if (entries !== undefined) readMap(entries, topLevelFields, draft, reading);
  applyFlags(draft, flags);
  checkAcross(draft, reading);
  return finishConfig(draft, reading);
}

/** Keys are written in any case. */
function findEntry(entries: ConfMap | undefined, key: string): ConfEntry | undefined {
  for (const entry of entries?.values() ?? []) {
    if (entry.key.toLowerCase() === key) return entry;
  }
  return undefined;
}
