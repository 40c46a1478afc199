import type { Command } from "commander";
import type { AuditQuestion } from "oxbow/control";
import { instant, wholeNumber } from "../arguments.ts";
import { withControl } from "../platform/control.ts";
import { renderAudit } from "../platform/render-accounts.ts";
import { type PlatformOptions, subcommand, tell } from "../platform/subcommand.ts";

interface AuditOptions extends PlatformOptions {
  readonly operation?: string;
  readonly name?: string;
  readonly by?: string;
  readonly since?: string;
  readonly until?: string;
  readonly after?: number;
  readonly limit?: number;
}

/** `oxbow audit`. */
export function createCommand(): Command {
  return subcommand("audit", "Tell who has changed what, oldest first.", [
    "oxbow audit --name orders",
    "oxbow audit --operation station.purge --since 2026-11-20T12:00:00Z",
    "oxbow audit --by ann --json",
  ])
    .option("--operation <name>", "station, or station.purge")
    .option("--name <name>", "of what was changed")
    .option("--by <user>", "who has changed it")
    .option("--since <time>", "changes from then on", instant)
    .option("--until <time>", "changes up to then", instant)
    .option("--after <sequence>", "where the last answer ended", wholeNumber(0))
    .option("--limit <count>", "how many, up to 1000 (default 100)", wholeNumber(1))
    .action((options: AuditOptions) =>
      withControl(options, "oxbow audit", async (control) => {
        tell(options, await control.call("audit.query", {}, questionOf(options)), renderAudit);
      }),
    );
}

function questionOf(options: AuditOptions): AuditQuestion {
  const { operation, name, by, since, until, after, limit } = options;
  return {
    ...(operation !== undefined && { operation }),
    ...(name !== undefined && { name }),
    ...(by !== undefined && { user: by }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(after !== undefined && { after }),
    ...(limit !== undefined && { limit }),
  };
}
