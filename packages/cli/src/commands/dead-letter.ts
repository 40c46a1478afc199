import { StationDecoders, schemasOver } from "@oxbow/platform/decoders";
import { Argument, Command } from "commander";
import type {
  ControlClient,
  DeadLetter,
  DeadLetterContent,
  DeadLetterPage,
  DeadLettersRequest,
} from "oxbow/control";
import { wholeNumber } from "../arguments.ts";
import { exampleText } from "../examples.ts";
import { plural } from "../output/print.ts";
import { withControl } from "../platform/control.ts";
import {
  chosen,
  type FilterOptions,
  filterOf,
  withFilterOptions,
} from "../platform/dead-letter-filter.ts";
import {
  renderDeadLetter,
  renderDeadLetterStations,
  renderDeadLetters,
} from "../platform/render-dead-letters.ts";
import { cancelResend, listResends, resendLetters } from "../platform/resend-commands.ts";
import { retention } from "../platform/retention-command.ts";
import { shownAsTheyAre } from "../platform/shown-as-they-are.ts";
import { type PlatformOptions, stationArgument, subcommand, tell } from "../platform/subcommand.ts";

/** `oxbow dead-letter …`. */
export function createCommand(): Command {
  return new Command("dead-letter")
    .description("Dead letters are messages that a group gave up, or that were not let in.")
    .helpCommand(false)
    .addCommand(listStations())
    .addCommand(listLetters())
    .addCommand(showLetter())
    .addCommand(resendLetters())
    .addCommand(listResends())
    .addCommand(cancelResend())
    .addCommand(dropLetters())
    .addCommand(retention())
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
        const shown = options.json === true ? letter : await readable(control, letter);
        tell(options, shown, renderDeadLetter);
      }),
    );
}

/** With its message as JSON, if it is one of Avro or Protobuf that fits. */
async function readable(
  control: ControlClient,
  letter: DeadLetterContent,
): Promise<DeadLetterContent> {
  if (letter.isPayloadCut) return letter;
  const decoders = new StationDecoders(schemasOver(control), { onMissing: shownAsTheyAre });
  const data = await decoders.decode(letter.station, Buffer.from(letter.payload, "base64"));
  return { ...letter, payload: Buffer.from(data).toString("base64") };
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
