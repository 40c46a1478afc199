import { setTimeout as delay } from "node:timers/promises";
import { Argument, Command } from "commander";
import type { DeadLetterReason } from "oxbow";
import type {
  ControlClient,
  DeadLetter,
  DeadLetterPage,
  DeadLettersRequest,
  Resend,
  StationDeadLetters,
  StationResend,
} from "oxbow/control";
import { durationMs, instant, oneOf, wholeNumber } from "../arguments.ts";
import { exampleText } from "../examples.ts";
import { CommandFailure, UsageError } from "../failures.ts";
import { plural } from "../output/print.ts";
import { withControl } from "../platform/control.ts";
import {
  renderDeadLetter,
  renderDeadLetterStations,
  renderDeadLetters,
  renderForeseen,
  renderResend,
} from "../platform/render-dead-letters.ts";
import { type PlatformOptions, stationArgument, subcommand, tell } from "../platform/subcommand.ts";
import { given } from "../platform/values.ts";

/** How often it is looked how far a resend is. */
const lookMs = 250;

interface FilterOptions extends PlatformOptions {
  readonly group?: string;
  readonly reason?: DeadLetterReason;
  readonly since?: string;
  readonly until?: string;
  readonly ids?: readonly number[];
  readonly all?: boolean;
}

/** `oxbow dead-letter …`. */
export function createCommand(): Command {
  return new Command("dead-letter")
    .description("Dead letters are messages that a group gave up, or that were not let in.")
    .helpCommand(false)
    .addCommand(listStations())
    .addCommand(listLetters())
    .addCommand(showLetter())
    .addCommand(resendLetters())
    .addCommand(dropLetters())
    .addHelpText(
      "after",
      exampleText([
        "oxbow dead-letter stations",
        "oxbow dead-letter list orders",
        "oxbow dead-letter show orders 17",
        "oxbow dead-letter resend orders --group billing --dry-run",
      ]),
    );
}

function withFilterOptions(command: Command): Command {
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

function filterOf({ group, reason, since, until, ids }: FilterOptions): StationDeadLetters {
  return given({ group: group === "none" ? null : group, reason, since, until, ids });
}

/** What takes out or sends messages is told which. */
function chosen(command: string, options: FilterOptions): StationDeadLetters {
  const filter = filterOf(options);
  if (Object.keys(filter).length > 0 || options.all === true) return filter;
  throw new UsageError(`${command}: write which: --group, --reason, --since, --ids … or --all`);
}

function listLetters(): Command {
  return withFilterOptions(
    subcommand("list", "List dead letters of a station, oldest first.", [
      "oxbow dead-letter list orders",
      "oxbow dead-letter list orders --group billing --since 2026-11-20T12:00:00Z",
    ]),
  )
    .option("--count <number>", "how many at most", wholeNumber(1), 100)
    .action((station: string, options: FilterOptions & { count: number }) =>
      withControl(options, "oxbow dead-letter list", async (control) => {
        const letters: DeadLetter[] = [];
        let after: number | null = 0;
        while (after !== null && letters.length < options.count) {
          const limit = Math.min(1_000, options.count - letters.length);
          const request: DeadLettersRequest = { ...filterOf(options), limit, after };
          const page: DeadLetterPage = await control.call("deadLetter.list", { station }, request);
          letters.push(...page.letters);
          after = page.next;
        }
        tell(options, letters, renderDeadLetters);
      }),
    );
}

function listStations(): Command {
  return subcommand("stations", "List the stations that have dead letters, of those you may see.", [
    "oxbow dead-letter stations",
  ]).action((options: PlatformOptions) =>
    withControl(options, "oxbow dead-letter stations", async (control) => {
      const stations = await Array.fromAsync(control.list("deadLetter.stations", {}));
      tell(options, stations, renderDeadLetterStations);
    }),
  );
}

function showLetter(): Command {
  return subcommand("show", "Show a dead letter with its message.", [
    "oxbow dead-letter show orders 17",
  ])
    .addArgument(stationArgument())
    .addArgument(new Argument("<id>", "its number").argParser(wholeNumber(1)))
    .action((station: string, id: number, options: PlatformOptions) =>
      withControl(options, "oxbow dead-letter show", async (control) => {
        const { letter } = await control.call("deadLetter.get", { station }, { id });
        tell(options, letter, renderDeadLetter);
      }),
    );
}

interface ResendOptions extends FilterOptions {
  readonly to: string;
  readonly keep?: boolean;
  readonly delay?: number;
  readonly maxResends?: number;
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

function resendLetters(): Command {
  return withFilterOptions(
    subcommand(
      "resend",
      "Send the messages again: to their group, their station, or another one.",
      [
        "oxbow dead-letter resend orders --group billing --dry-run",
        "oxbow dead-letter resend orders --ids 17,18",
        "oxbow dead-letter resend orders --all --to repaired --keep",
      ],
    ),
  )
    .option("--all", "all of the station")
    .option("--to <target>", "group, station, or the name of another station", "group")
    .option("--keep", "keep the dead letters")
    .option("--delay <duration>", "begin after so long", durationMs)
    .option("--max-resends <count>", "leave out what was resent so often", wholeNumber(1))
    .option("--no-wait", "do not wait until it is done")
    .option("--dry-run", "only count")
    .action((station: string, options: ResendOptions) => {
      const request = given({
        filter: chosen("oxbow dead-letter resend", options),
        keep: options.keep,
        delayMs: options.delay,
        resendsMax: options.maxResends,
      });
      return withControl(options, "oxbow dead-letter resend", async (control) => {
        if (options.dryRun === true) {
          const foreseen = await control.call("deadLetter.foreseeResend", { station }, request);
          tell(options, foreseen, renderForeseen);
          return;
        }
        const asked = await ask(control, station, options.to, request);
        const waits = options.wait && options.delay === undefined;
        const resend = waits ? await ended(control, station, asked) : asked;
        tell(options, resend, renderResend);
        if (resend.failed > 0) {
          throw new CommandFailure(`${plural(resend.failed, "dead letter")} could not be resent`);
        }
      });
    });
}

function ask(
  control: ControlClient,
  station: string,
  to: string,
  request: StationResend,
): Promise<Resend> {
  if (to === "group" || to === "station") {
    return control.call("deadLetter.resend", { station }, { ...request, to });
  }
  const elsewhere = { ...request, to: { station: to } };
  return control.call("deadLetter.resendElsewhere", { station }, elsewhere);
}

async function ended(control: ControlClient, station: string, asked: Resend): Promise<Resend> {
  let resend = asked;
  while (resend.state === "waiting" || resend.state === "running") {
    await delay(lookMs);
    resend = await control.call("deadLetter.getResend", { station }, { id: asked.id });
  }
  return resend;
}

function dropLetters(): Command {
  return withFilterOptions(
    subcommand("drop", "Remove dead letters for ever.", [
      "oxbow dead-letter drop orders --ids 17,18",
      "oxbow dead-letter drop orders --reason refused --dry-run",
    ]),
  )
    .option("--all", "all of the station")
    .option("--dry-run", "only count")
    .action((station: string, options: FilterOptions & { dryRun?: boolean }) => {
      const filter = chosen("oxbow dead-letter drop", options);
      const isDryRun = options.dryRun === true;
      return withControl(options, "oxbow dead-letter drop", async (control) => {
        const dropped = await control.call("deadLetter.drop", { station }, { filter, isDryRun });
        tell(options, dropped, ({ dropped: count }) =>
          isDryRun
            ? `${plural(count, "dead letter")} would be removed`
            : `removed ${plural(count, "dead letter")}`,
        );
      });
    });
}
