import assert from "node:assert/strict";
import { test } from "node:test";
import { readmeExample, runExample } from "../interop/support/readme-examples.ts";

test("the engine's example runs within one process, without a port, and ends", async () => {
  const example = await readmeExample("engine", "webSocketInProcess");
  assert.deepEqual(await runExample(example), example.prints);
});
