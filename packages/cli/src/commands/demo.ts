import { Command } from "commander";
import { type ClientOptions, withClientOptions } from "../client/options.ts";
import { exampleText } from "../examples.ts";
import { CommandFailure, UsageError } from "../failures.ts";
import { print, printJson } from "../output/print.ts";

interface DemoCommandOptions extends ClientOptions {
  readonly data: string;
  readonly crash?: boolean;
  readonly json?: boolean;
}

/** `oxbow demo`. */
export function createCommand(): Command {
  const command = new Command("demo")
    .description(
      "Send real flights and earthquakes through a server, one message a record, consume them with a group of " +
        "three, and check that what was consumed is exactly what was published. Uses the server at --server, or " +
        "the one at the default address, or starts one of its own for the time of the demo. Its streams, " +
        "DEMO_FLIGHTS, DEMO_DELAYS and DEMO_QUAKES, are made anew each time and stay.",
    )
    .option("--data <directory>", "data of the demo's own server", "./oxbow-data")
    .option("--crash", "start an own server, and kill it in the middle of each data set")
    .option("--json", "print the outcome as JSON, and no progress");
  return withClientOptions(command)
    .addHelpText(
      "after",
      exampleText([
        "oxbow demo",
        "oxbow demo --crash",
        "oxbow demo --server nats://127.0.0.1:4222 --json",
      ]),
    )
    .action(runDemoCommand);
}

async function runDemoCommand(options: DemoCommandOptions): Promise<void> {
  if (options.crash === true && options.server !== undefined) {
    throw new UsageError("oxbow demo: --crash kills the demo's own server: leave --server out");
  }
  const [{ runDemo }, { renderReport }] = await Promise.all([
    import("../demo/run-demo.ts"),
    import("../demo/report.ts"),
  ]);
  const { server, results } = await runDemo(options);
  const isMatch = results.every((result) => result.isMatch);
  if (options.json === true) printJson({ server, isMatch, results });
  else print(`\n${renderReport(results, server)}`);
  if (!isMatch)
    throw new CommandFailure("what was consumed is not what was published: see the table");
}
