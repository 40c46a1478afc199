import assert from "node:assert/strict";
import { test } from "node:test";
import { SimRandom } from "@oxbow/testkit";
import fc from "fast-check";

const draw = (random: SimRandom, count = 20): number[] =>
  Array.from({ length: count }, () => random.below(1_000_000));

test("the same seed gives the same numbers, another seed others", () => {
  assert.deepEqual(draw(new SimRandom(7)), draw(new SimRandom(7)));
  assert.notDeepEqual(draw(new SimRandom(7)), draw(new SimRandom(8)));
});

test("the numbers of a seed never change between versions: a seed is a bug report", () => {
  assert.deepEqual(draw(new SimRandom(1), 4), [55_280, 495_896, 775_545, 503_953]);
});

test("a fork does not depend on what was taken before it", () => {
  const fresh = new SimRandom(3);
  const used = new SimRandom(3);
  draw(used);
  assert.deepEqual(draw(fresh.fork("disk")), draw(used.fork("disk")));
  assert.notDeepEqual(draw(fresh.fork("disk")), draw(fresh.fork("net")));
});

test("below stays below and reaches everything", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, end) => {
      const value = new SimRandom(seed).below(end);
      return Number.isInteger(value) && value >= 0 && value < end;
    }),
  );
  const random = new SimRandom(1);
  assert.equal(new Set(Array.from({ length: 500 }, () => random.below(16))).size, 16);
});

test("bits are even over close seeds", () => {
  const target = new Uint8Array(64);
  let ones = 0;
  for (let seed = 0; seed < 1000; seed += 1) {
    new SimRandom(seed).fill(target);
    for (const byte of target) for (let bit = 0; bit < 8; bit += 1) ones += (byte >> bit) & 1;
  }
  // 512,000 bits: the standard deviation is 358.
  assert.ok(Math.abs(ones - 256_000) < 2_000, String(ones));
});

test("shuffled keeps every item", () => {
  const items = [1, 2, 3, 4, 5, 6];
  assert.deepEqual(new SimRandom(1).shuffled(items).sort(), items);
});
