import { readFile } from "node:fs/promises";
import { text as readText } from "node:stream/consumers";
import type { Command } from "commander";
import type { ControlClient, User } from "oxbow/control";
import type { ApplyListener } from "../apply/run-steps.ts";
import type { NewPassword, Step } from "../apply/step.ts";
import { serverTarget } from "../client/target.ts";
import { CommandFailure } from "../failures.ts";
import { plural, print, printJson } from "../output/print.ts";
import { withControl } from "../platform/control.ts";
import { type PlatformOptions, subcommand } from "../platform/subcommand.ts";

interface ApplyOptions extends PlatformOptions {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly passwords?: string;
}

/** `oxbow apply`. */
export function createCommand(): Command {
  return subcommand(
    "apply",
    "Make stations, groups, schemas, tenants and users be as a file has them.",
    [
      "oxbow apply -f stations.yaml --dry-run",
      "oxbow apply -f stations.yaml",
      "oxbow apply -f stations.yaml --prune --dry-run",
      "oxbow apply -f users.yaml --passwords made.txt",
      "oxbow export | oxbow apply -f - --server nats://other:4222",
    ],
  )
    .requiredOption(
      "-f, --file <file>",
      "what there is to be, in YAML or JSON; - for standard input",
    )
    .option("--dry-run", "only show what would be done")
    .option(
      "--prune",
      "delete what the file does not name, of the kinds that it has, with all messages in it",
    )
    .option(
      "--passwords <file>",
      "append passwords that are made to this file, which only you can read, instead of printing them",
    )
    .action(runApply);
}

async function runApply(options: ApplyOptions): Promise<void> {
  const {
    file,
    dryRun: isDryRun = false,
    json: isJson = false,
    prune: isPruning = false,
  } = options;
  // Loaded here, so that help needs no YAML.
  const [{ readSetup }, { planOf }, { runSteps }] = await Promise.all([
    import("../apply/setup.ts"),
    import("../apply/plan.ts"),
    import("../apply/run-steps.ts"),
  ]);
  const setup = await readSetup(await readFileText(file), file);
  await withControl(options, "oxbow apply", async (control: ControlClient) => {
    const steps = await planOf(control, setup, { isPruning, isSelf: selfOf(options) });
    const listener = await listenerOf(options);
    if (isDryRun) for (const step of steps) await listener.onStep?.(step);
    else await runSteps(steps, listener);
    if (isJson) printJson({ isDryRun, steps: steps.length });
    else if (steps.length === 0) print("nothing to change");
    else print(`${plural(steps.length, "change")}${isDryRun ? " to make" : " made"}`);
  });
}

/** Each step is told before it is taken: what is interrupted has said how far it came. */
async function listenerOf({ json, passwords }: ApplyOptions): Promise<ApplyListener> {
  const [{ renderStep }, { appendSecret }] = await Promise.all([
    import("../apply/render-plan.ts"),
    import("../output/secret-file.ts"),
  ]);
  const isJson = json === true;
  const onStep = (step: Step): void => {
    const { action, target, changes } = step;
    if (isJson) printJson({ action, target, changes });
    else print(renderStep(step));
  };
  const onPassword = async (made: NewPassword): Promise<void> => {
    if (passwords !== undefined) await appendSecret(passwords, `${made.login} ${made.password}\n`);
    else if (isJson) printJson(made);
    else print(`  password of ${made.login}: ${made.password}`);
  };
  return { onStep, onPassword };
}

/** Whether a user is the one by whose credentials this connects. */
function selfOf(options: ApplyOptions): (user: User) => boolean {
  const { credentials = {} } = serverTarget(options);
  const { token = "" } = credentials as { readonly token?: string };
  return ({ login, keys }) =>
    ("user" in credentials && credentials.user === login) ||
    keys.some(({ id }) => token.startsWith(`oxk_${id}_`));
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
