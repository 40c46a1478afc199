import assert from "node:assert/strict";
import { test } from "node:test";
import { CancelledIds } from "../../src/produce/cancelled-ids.ts";

test("an id is another one each time it was cancelled, and the oldest are forgotten", () => {
  const ids = new CancelledIds();
  assert.equal(ids.freshOf("a"), "a");
  ids.add("a");
  const second = ids.freshOf("a");
  ids.add("a");
  assert.equal(new Set(["a", second, ids.freshOf("a")]).size, 3);
  assert.equal(ids.freshOf("b"), "b");
  for (let index = 0; index < 9_999; index++) ids.add(`id-${index}`);
  assert.notEqual(ids.freshOf("a"), "a");
  ids.add("one more");
  assert.equal(ids.freshOf("a"), "a");
});
