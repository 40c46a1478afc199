import { Command } from "commander";
import { wholeNumber } from "../arguments.ts";
import { exampleText } from "../examples.ts";
import { withControl } from "../platform/control.ts";
import { renderJourney } from "../platform/render-journey.ts";
import { type PlatformOptions, subcommand, tell } from "../platform/subcommand.ts";

const journeyExamples = [
  "oxbow message journey orders 42",
  "oxbow message journey orders 42 --partition 2 --json",
];

/** `oxbow message …`. */
export function createCommand(): Command {
  return new Command("message")
    .description("Follow single messages. To read them: oxbow consume.")
    .helpCommand(false)
    .addCommand(journey())
    .addHelpText("after", exampleText(journeyExamples));
}

function journey(): Command {
  return subcommand(
    "journey",
    "Tell who produced a message, what became of it in each group, and what came of it.",
    journeyExamples,
  )
    .argument("<station>", "name of the station")
    .argument("<sequence>", "sequence of the message in its partition", wholeNumber(1))
    .option("--partition <number>", "partition that it is in", wholeNumber(1), 1)
    .action(
      (
        station: string,
        sequence: number,
        options: PlatformOptions & { readonly partition: number },
      ) =>
        withControl(options, "oxbow message journey", async (control) => {
          const { partition } = options;
          const request = { partition, sequence };
          tell(options, await control.call("message.journey", { station }, request), renderJourney);
        }),
    );
}
