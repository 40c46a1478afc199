import assert from "node:assert/strict";
import { test } from "node:test";
import { readmeExample, runExample } from "../support/readme-examples.ts";

for (const mark of ["checkCompatibility", "compileStationGate"]) {
  test(`the example of ${mark} in the README of gate prints what it says`, async () => {
    const example = await readmeExample("gate", mark);
    assert.deepEqual(await runExample(example), example.prints);
  });
}
