import assert from "node:assert/strict";
import { test } from "node:test";
import { readmeExample, runExample } from "../support/readme-examples.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("the README of the platform", (target) => {
  test("has an example of notifications that prints what it says", async () => {
    const example = await readmeExample("platform", "Notifier.start");
    assert.deepEqual(await runExample(example, target.server), example.prints);
  });
});
