/**
 * Goal: what a broker acknowledged is true after SIGKILL, and the test that says so can fail. Method: a few kills of
 * what `npm run test:crash` does many times, once as it is and once over a disk that forgets.
 */
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { suite, type TestContext, test } from "node:test";
import { describeViolations } from "@oxbow/testkit";
import { oxbowProgram } from "@oxbow/testkit/servers";
import { type CrashOptions, type CrashOutcome, runCrashes } from "./crash-run.ts";

/** Options of a short run, whose seed and progress go to the report of the test. */
function shortRun(context: TestContext, killCount: number): CrashOptions {
  const seed = String(randomInt(2 ** 32));
  context.diagnostic(`seed ${seed}`);
  const print = (line: string): void => context.diagnostic(line);
  return { program: oxbowProgram(), killCount, seed, isLossPlanted: false, print };
}

/** What a failed run has to say. */
function explain({ violations, failure, historyPath, dataDirectory }: CrashOutcome): string {
  return [describeViolations(violations), failure?.stack, historyPath, dataDirectory].join("\n");
}

suite("a broker that is killed under load", () => {
  test("keeps what it acknowledged, and nothing else", async (context) => {
    const outcome = await runCrashes(shortRun(context, 3));
    assert.ok(outcome.isPassed, explain(outcome));
  });

  test("is caught when its disk forgets what it acknowledged", async (context) => {
    const outcome = await runCrashes({ ...shortRun(context, 1), isLossPlanted: true });
    assert.ok(outcome.isPassed, explain(outcome));
  });
});
