import type { Command } from "commander";
import { oneLine } from "../failures.ts";
import { note, print, printJson } from "../output/print.ts";
import { withControl } from "../platform/control.ts";
import { type PlatformOptions, subcommand } from "../platform/subcommand.ts";

/** `oxbow export`. */
export function createCommand(): Command {
  return subcommand(
    "export",
    "Print stations, groups, schemas, tenants and users as a file for oxbow apply. Passwords and keys are not in it.",
    ["oxbow export > stations.yaml", "oxbow export --json | jq .stations"],
  ).action((options: PlatformOptions) =>
    withControl(options, "oxbow export", async (control) => {
      const [{ exportSetup }, { stringify }] = await Promise.all([
        import("../apply/export-setup.ts"),
        import("yaml"),
      ]);
      const { setup, missing } = await exportSetup(control);
      if (options.json === true) printJson(setup);
      else print(stringify(setup, { lineWidth: 0 }));
      for (const { what, error } of missing) {
        note(`oxbow export: without ${what}, which you may not list: ${oneLine(error.message)}`);
      }
    }),
  );
}
