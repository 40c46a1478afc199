import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { testServer } from "oxbow/testing";
import { examplesIn, runExample } from "../support/readme-examples.ts";

describe("the README of the client", () => {
  for (const [index, example] of examplesIn("client").entries()) {
    test(`has an example ${index + 1} that prints what it says`, async () => {
      await using server = await testServer();
      assert.deepEqual(await runExample(example, server), example.prints);
    });
  }
});

describe("the README of the test server", () => {
  for (const example of examplesIn("testing")) {
    test("has an example that prints what it says", async () => {
      assert.deepEqual(await runExample(example), example.prints);
    });
  }
});
