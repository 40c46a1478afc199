import type { Command } from "commander";
import type { DeadLetterReason } from "oxbow";
import type { StationDeadLetters } from "oxbow/control";
import { instant, oneOf, wholeNumber } from "../arguments.ts";
import { UsageError } from "../failures.ts";
import { type PlatformOptions, stationArgument } from "./subcommand.ts";
import { given } from "./values.ts";

/** Which dead letters of a station are meant, as commander hands it over. */
export interface FilterOptions extends PlatformOptions {
  readonly group?: string;
  readonly reason?: DeadLetterReason;
  readonly since?: string;
  readonly until?: string;
  readonly ids?: readonly number[];
  readonly all?: boolean;
}

/** Adds the station, and the options that say which of its dead letters are meant. */
export function withFilterOptions(command: Command): Command {
  return command
    .addArgument(stationArgument())
    .option("--group <name>", "only of this group, or none for those that were not let in")
    .option(
      "--reason <reason>",
      "only exhausted, terminated or refused",
      oneOf<DeadLetterReason>(["exhausted", "terminated", "refused"]),
    )
    .option("--since <time>", "only those that died at this time or later", instant)
    .option("--until <time>", "only those that died before this time", instant)
    .option("--ids <list>", "only these, such as 17,18", (text) =>
      text.split(",").map(wholeNumber(1)),
    );
}

export function filterOf({ group, reason, since, until, ids }: FilterOptions): StationDeadLetters {
  return given({ group: group === "none" ? null : group, reason, since, until, ids });
}

/** The same for what takes out or sends messages, which is told which. */
export function chosen(command: string, options: FilterOptions): StationDeadLetters {
  const filter = filterOf(options);
  if (Object.keys(filter).length > 0 || options.all === true) return filter;
  throw new UsageError(`${command}: write which: --group, --reason, --since, --ids … or --all`);
}
