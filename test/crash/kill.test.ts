/**
 * Goal: what a broker acknowledged is true after SIGKILL, and the test that says so can fail. Method: a few kills of
 * what `npm run test:crash` does many times, once as it is and once over a disk that forgets.
 */
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { suite, type TestContext, test } from "node:test";
import { describeViolations } from "@oxbow/testkit";
import { oxbowProgram } from "@oxbow/testkit/servers";
import { type CrashOptions, runCrashes } from "./crash-run.ts";

/** Options of a short run, whose seed and progress go to the report of the test. */
function shortRun(context: TestContext, killCount: number): CrashOptions {
  const seed = String(randomInt(2 ** 32));
  context.diagnostic(`seed ${seed}`);
  const print = (line: string): void => context.diagnostic(line);
  return { program: oxbowProgram(), killCount, seed, isLossPlanted: false, print };
}

suite("a broker that is killed under load", () => {
  test("keeps what it acknowledged, and nothing else", async (context) => {
    const outcome = await runCrashes(shortRun(context, 3));
    assert.ifError(outcome.failure);
    assert.equal(
      outcome.violations.length,
      0,
      `${describeViolations(outcome.violations)}\n${outcome.historyPath}\n${outcome.dataDirectory}`,
    );
  });

  test("is caught when its disk forgets what it acknowledged", async (context) => {
    const outcome = await runCrashes({ ...shortRun(context, 1), isLossPlanted: true });
    await rm(dirname(outcome.historyPath), { recursive: true, force: true });
    await rm(dirname(outcome.dataDirectory), { recursive: true, force: true });
    assert.ok(outcome.isPlantedLossCaught, String(outcome.failure));
  });
});
