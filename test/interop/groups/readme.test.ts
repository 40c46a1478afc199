import assert from "node:assert/strict";
import { test } from "node:test";
import { readmeExample, runExample } from "../support/readme-examples.ts";
import { onEachTarget } from "../support/targets.ts";
import { Workbench } from "../support/workbench.ts";

onEachTarget("the README of the platform", (target) => {
  test("shows groups as they are", async () => {
    await using bench = await Workbench.open(target.server);
    await bench.stations.create("orders");
    const example = await readmeExample("platform", "Groups.open");
    assert.deepEqual(await runExample(example, target.server), ["0 0", "0 0", "billing 0 0"]);
    assert.equal((await bench.groups.list("orders")).length, 1);
  });
});
