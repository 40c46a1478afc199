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

/** What was found. */
function report({ violations, failure, serverOutput }: CrashOutcome): void {
  if (violations.length > 0) print(describeViolations(violations));
  if (failure === undefined) return;
  print(`failed: ${failure.stack ?? failure.message}`);
  print(`the broker printed:\n${serverOutput.trimEnd()}`);
}

function verdict({ isPassed, eventCount }: CrashOutcome, seed: string): string {
  const { isLossPlanted, killCount } = options;
  if (isLossPlanted) return `the planted loss was ${isPassed ? "caught" : "not caught"}`;
  if (!isPassed) return `broken; again with --seed ${seed}`;
  return `${killCount} kills, ${eventCount} events: nothing lost, changed or invented`;
}

const options = optionsOrUsage();
const seed = options.seed ?? String(randomInt(2 ** 32));
print(`seed ${seed}`);
const outcome = await runCrashes({ ...options, seed, print });
report(outcome);
if (!outcome.isPassed) {
  print(`event n is line n + 1 of ${outcome.historyPath}`);
  print(`the broker's data is in ${outcome.dataDirectory}`);
}
print(verdict(outcome, seed));
process.exitCode = outcome.isPassed ? 0 : 1;
