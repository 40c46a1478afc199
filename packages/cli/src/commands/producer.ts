import { Command } from "commander";
import { exampleText } from "../examples.ts";
import { withControl } from "../platform/control.ts";
import { renderProducers } from "../platform/render-presence.ts";
import { type PlatformOptions, subcommand, tell } from "../platform/subcommand.ts";

/** `oxbow producer …`. */
export function createCommand(): Command {
  return new Command("producer")
    .description("Producers put messages into stations. Members of groups: oxbow group members.")
    .helpCommand(false)
    .addCommand(listProducers())
    .addHelpText(
      "after",
      exampleText(["oxbow producer list", "oxbow producer list orders --json"]),
    );
}

function listProducers(): Command {
  return subcommand("list", "List the producers that are there, of all stations or of one.", [
    "oxbow producer list",
    "oxbow producer list orders",
  ])
    .argument("[station]", "name of the station")
    .action((station: string | undefined, options: PlatformOptions) =>
      withControl(options, "oxbow producer list", async (control) => {
        const filter = station === undefined ? {} : { station };
        const producers = await Array.fromAsync(control.list("producer.list", filter));
        tell(options, producers, renderProducers);
      }),
    );
}
