import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NodeRandom } from "../src/node-random.ts";

test("fill covers the whole target, whatever its size", () => {
  const random = new NodeRandom();
  for (const size of [1, 31, 1024, 1025, 100_000]) {
    const or = new Uint8Array(size);
    // The chance that a byte stays 0 over 16 fills is 2^-128.
    for (let i = 0; i < 16; i += 1) {
      const target = new Uint8Array(size);
      random.fill(target);
      for (let j = 0; j < size; j += 1) or[j] = (or[j] as number) | (target[j] as number);
    }
    assert.ok(!or.includes(0), `size ${size}`);
  }
});

test("two fills never agree", () => {
  const random = new NodeRandom();
  const seen = new Set<string>();
  for (let i = 0; i < 2000; i += 1) {
    const token = Buffer.alloc(16);
    random.fill(token);
    seen.add(token.toString("hex"));
  }
  assert.equal(seen.size, 2000);
});

test("below stays below, for every end", () => {
  const random = new NodeRandom();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (end) => {
      const value = random.below(end);
      return Number.isInteger(value) && value >= 0 && value < end;
    }),
  );
});

test("below is even", () => {
  const random = new NodeRandom();
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i += 1) {
    const value = random.below(10);
    counts[value] = (counts[value] as number) + 1;
  }
  // The standard deviation of each count is about 95, so that 1,000 is beyond chance.
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 1000, counts.join());
});

test("below refuses an end out of range", () => {
  const random = new NodeRandom();
  for (const end of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) {
    assert.throws(() => random.below(end), { name: "AssertionError" });
  }
});
