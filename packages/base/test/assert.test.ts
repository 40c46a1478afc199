import assert from "node:assert/strict";
import { test } from "node:test";
import { AssertionError, assert as invariant, unreachable } from "@oxbow/base";

test("an invariant that holds says nothing", () => {
  invariant(true, "never seen");
  invariant("non-empty", "never seen");
});

test("a broken invariant throws its message", () => {
  for (const broken of [false, 0, "", null, undefined, Number.NaN]) {
    assert.throws(() => invariant(broken, "start <= end"), {
      name: "AssertionError",
      message: "start <= end",
    });
  }
  assert.throws(() => invariant(false, "x"), AssertionError);
});

test("a branch that cannot be reached names the value that reached it", () => {
  assert.throws(() => unreachable("surprise" as never), { message: "unreachable value: surprise" });
});
