import assert from "node:assert/strict";
import { test } from "node:test";
import { readmeExample, runExample } from "../support/readme-examples.ts";
import { onEachTarget } from "../support/targets.ts";
import { Workbench } from "../support/workbench.ts";

onEachTarget("the README of the platform", (target) => {
  test("shows dead letters as they are", async () => {
    await using bench = await Workbench.open(target.server);
    const example = await readmeExample("platform", "DeadLetterWorker.start");
    const lines = await runExample(example, target.server);
    assert.equal(lines[0], "0");
    assert.equal(lines.at(-1), "0 of 0, 0 failed");
    assert.equal((await bench.stations.get("parcels")).settings.deadLetterMaxAgeMs, 604_800_000);
  });
});
