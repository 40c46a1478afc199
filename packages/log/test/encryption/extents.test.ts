import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Extents } from "../../src/blocked-file/extents.ts";

const change = fc.record({
  do: fc.constantFrom("append", "patch", "cut"),
  start: fc.nat(60),
  size: fc.integer({ min: 0, max: 20 }),
});

test("extents are what an array of bytes would be", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const extents = new Extents();
      let model: number[] = [];
      let position = 0;
      for (const step of changes) {
        position++;
        if (step.do === "cut") {
          extents.cut(step.start);
          model = model.slice(0, step.start);
        } else if (step.do === "append") {
          extents.append(step.start, step.size, position, 1);
          model = model.slice(0, step.start);
          model.length = step.start;
          for (let i = 0; i < step.size; i++) model.push(position);
        } else if (step.size > 0) {
          extents.patch(step.start, step.size, position, 1);
          for (let i = 0; i < step.size; i++) model[step.start + i] = position;
        }
      }
      assert.equal(extents.end, model.length);
      const found: number[] = [];
      found.length = model.length;
      for (const extent of extents.overlapping(0, 1000)) {
        for (let at = extent.start; at < extent.end; at++) {
          assert.equal(found[at], undefined);
          found[at] = extent.position;
        }
      }
      assert.deepEqual([...found], [...model]);
    }),
  );
});
