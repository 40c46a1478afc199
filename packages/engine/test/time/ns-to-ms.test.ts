import assert from "node:assert/strict";
import { test } from "node:test";
import { nsToMs } from "../../src/time/ns-to-ms.ts";

test("milliseconds keep the fraction", () => {
  assert.equal(nsToMs(1_500_001n), 1.500001);
});
