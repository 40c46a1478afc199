import type { Command } from "commander";
import { withControl } from "../platform/control.ts";
import { renderLineage } from "../platform/render-lineage.ts";
import { type PlatformOptions, subcommand, tell } from "../platform/subcommand.ts";

/** `oxbow lineage`: who puts messages where, and where they go from there. */
export function createCommand(): Command {
  return subcommand("lineage", "Show who puts messages where, and where they go from there.", [
    "oxbow lineage",
    "oxbow lineage orders",
    "oxbow lineage orders --json | jq .edges",
  ])
    .argument("[station]", "only this one, and what is connected with it")
    .action((station: string | undefined, options: PlatformOptions) =>
      withControl(options, "oxbow lineage", async (control) => {
        const request = station === undefined ? {} : { station };
        tell(options, await control.call("lineage.graph", {}, request), renderLineage);
      }),
    );
}
