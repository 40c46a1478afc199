import { readFile } from "node:fs/promises";
import { text as readText } from "node:stream/consumers";
import type { Command } from "commander";
import { CommandFailure } from "../failures.ts";
import { plural, print, printJson } from "../output/print.ts";
import { withControl } from "../platform/control.ts";
import { type PlatformOptions, subcommand } from "../platform/subcommand.ts";

interface ApplyOptions extends PlatformOptions {
  readonly file: string;
  readonly dryRun?: boolean;
}

/** `oxbow apply`. */
export function createCommand(): Command {
  return subcommand("apply", "Make stations, groups and schemas be as a file has them.", [
    "oxbow apply -f stations.yaml --dry-run",
    "oxbow apply -f stations.yaml",
    "oxbow export | oxbow apply -f - --server nats://other:4222",
  ])
    .requiredOption(
      "-f, --file <file>",
      "what there is to be, in YAML or JSON; - for standard input",
    )
    .option("--dry-run", "only show what would be done")
    .action(runApply);
}

async function runApply(options: ApplyOptions): Promise<void> {
  const { file, dryRun: isDryRun = false, json: isJson = false } = options;
  // Loaded here, so that help needs no YAML.
  const [{ readSetup }, { planOf }, { renderStep }] = await Promise.all([
    import("../apply/setup.ts"),
    import("../apply/plan.ts"),
    import("../apply/render-plan.ts"),
  ]);
  const setup = await readSetup(await readFileText(file), file);
  await withControl(options, "oxbow apply", async (control) => {
    const steps = await planOf(control, setup);
    for (const step of steps) {
      if (!isJson) print(renderStep(step));
      if (!isDryRun) await step.run();
    }
    if (isJson) {
      printJson({
        isDryRun,
        steps: steps.map(({ action, target, changes }) => ({ action, target, changes })),
      });
    } else if (steps.length === 0) {
      print("nothing to change");
    } else {
      print(`${plural(steps.length, "change")}${isDryRun ? " to make" : " made"}`);
    }
  });
}

async function readFileText(file: string): Promise<string> {
  if (file === "-") return readText(process.stdin);
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new CommandFailure(`${file} can't be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
