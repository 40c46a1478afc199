import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@oxbow/base";

test("the silent logger has every level and drops what it gets", () => {
  for (const level of ["error", "warn", "info", "debug", "trace"] as const) {
    assert.equal(silentLogger[level]({ stream: "orders" }, "message"), undefined);
  }
});
