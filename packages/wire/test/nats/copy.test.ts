import assert from "node:assert/strict";
import { test } from "node:test";
import { copyBytes } from "@oxbow/wire/nats";

test("spans of any length are copied, and nothing beside them", () => {
  const source = Buffer.from(Array.from({ length: 300 }, (_, i) => i % 251));
  for (let size = 0; size <= 200; size++) {
    const target = Buffer.alloc(260, 0xff);
    assert.equal(copyBytes(source, 50, 50 + size, target, 30), 30 + size);
    const expected = Buffer.alloc(260, 0xff);
    expected.set(source.subarray(50, 50 + size), 30);
    assert.deepEqual(target, expected);
  }
});
