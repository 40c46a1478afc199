import { Command } from "commander";
import { wholeNumber } from "../arguments.ts";
import { exampleText } from "../examples.ts";
import type { QuickstartOptions } from "../quickstart/run-quickstart.ts";

/** `oxbow quickstart`. */
export function createCommand(): Command {
  return new Command("quickstart")
    .description(
      "Start a server and show, command by command, what one does with it: a station with a schema, messages that " +
        "fit and that do not, two groups of which one fails, dead letters, and how they are sent again. The server " +
        "then runs until Ctrl-C.",
    )
    .option("--data <directory>", "where the server keeps its data (default one that goes with it)")
    .option(
      "--port <number>",
      "of the server (default 4222 if it is free), 0 for any",
      wholeNumber(0, 65_535),
    )
    .option("--exit", "end at the end of the story")
    .option("--json", "print each command and its output as a line of JSON")
    .addHelpText(
      "after",
      exampleText([
        "oxbow quickstart",
        "oxbow quickstart --data ./oxbow-data",
        "oxbow quickstart --exit",
      ]),
    )
    .action(async (options: QuickstartOptions) => {
      const { runQuickstart } = await import("../quickstart/run-quickstart.ts");
      await runQuickstart(options);
    });
}
