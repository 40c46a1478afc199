import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SequenceRanges } from "../src/sequence-ranges.ts";

const change = fc.record({ isAdded: fc.boolean(), start: fc.nat(40), size: fc.nat(12) });

test("is the set that a Set would be, in ranges that do not touch", () => {
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const ranges = new SequenceRanges();
      const model = new Set<number>();
      for (const { isAdded, start, size } of changes) {
        if (isAdded) ranges.add(start, start + size);
        else ranges.remove(start, start + size);
        for (let i = start; i < start + size; i++) {
          if (isAdded) model.add(i);
          else model.delete(i);
        }
      }
      assert.equal(ranges.count, model.size);
      for (let i = 0; i < 60; i++) {
        assert.equal(ranges.has(i), model.has(i));
        const next = [...model].filter((member) => member >= i).sort((a, b) => a - b)[0];
        assert.equal(ranges.next(i), next ?? Number.POSITIVE_INFINITY);
      }
      for (const [index, { start }] of ranges.ranges.entries()) {
        const before = ranges.ranges[index - 1];
        assert.ok(before === undefined || before.end < start);
      }
    }),
  );
});
