/**
 * Kills a broker with SIGKILL at random moments under load, and checks after each restart that what it acknowledged is
 * true. README.md says what is checked. Exits with 0 if nothing was found, or if a planted loss was; otherwise with 1.
 */
import { randomInt } from "node:crypto";
import { describeViolations } from "@oxbow/testkit";
import { type CrashOutcome, runCrashes } from "./crash-run.ts";
import { type KillOptions, parseOptions, usage } from "./options.ts";

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function optionsOrUsage(): KillOptions {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    print(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

/** What was found, and where to look further. */
function report(outcome: CrashOutcome): void {
  const { violations, failure, historyPath, dataDirectory, serverOutput } = outcome;
  if (violations.length > 0) print(describeViolations(violations));
  if (failure !== undefined) print(`failed: ${failure.stack ?? failure.message}`);
  print(`the broker printed:\n${serverOutput.trimEnd()}`);
  print(`event n is line n + 1 of ${historyPath}`);
  print(`the broker's data is in ${dataDirectory}`);
}

const options = optionsOrUsage();
const seed = options.seed ?? String(randomInt(2 ** 32));
print(`seed ${seed}`);
const outcome = await runCrashes({ ...options, seed, print });
const isClean = outcome.violations.length === 0 && outcome.failure === undefined;
if (!isClean) report(outcome);
if (options.isLossPlanted) {
  print(`the planted loss was ${outcome.isPlantedLossCaught ? "caught" : "not caught"}`);
  process.exitCode = outcome.isPlantedLossCaught ? 0 : 1;
} else if (isClean) {
  const { killCount } = options;
  print(`${killCount} kills, ${outcome.eventCount} events: nothing lost, changed or invented`);
} else {
  print(`broken; again with --seed ${seed}`);
  process.exitCode = 1;
}
