import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { partitionOf } from "@oxbow/base";
import fc from "fast-check";
import { murmur2 } from "../src/murmur2.ts";

function hashOf(text: string): number {
  const key = Buffer.from(text);
  return murmur2(key, 0, key.length) | 0;
}

describe("the partition of a key", () => {
  // The values of UtilsTest#testMurmur2 in Kafka's own tests.
  test("is made of the hash that Kafka's clients make", () => {
    assert.equal(hashOf("21"), -973932308);
    assert.equal(hashOf("foobar"), -790332482);
    assert.equal(hashOf("a-little-bit-long-string"), -985981536);
    assert.equal(hashOf("a-little-bit-longer-string"), -1486304829);
    assert.equal(hashOf("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), -58897971);
    assert.equal(hashOf("abc"), 479470107);
  });

  test("is one that there is, the same wherever the key lies", () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.integer({ min: 1, max: 1000 }),
        fc.nat(9),
        (key, count, before) => {
          const partition = partitionOf(key, 0, key.length, count);
          assert.ok(partition >= 1 && partition <= count);
          const buffer = Buffer.concat([Buffer.alloc(before, 7), key, Buffer.alloc(3, 9)]);
          assert.equal(partitionOf(buffer, before, before + key.length, count), partition);
        },
      ),
    );
  });

  test("is used evenly by keys that count up", () => {
    const used = new Map<number, number>();
    for (let index = 0; index < 10_000; index++) {
      const key = Buffer.from(`customer-${index}`);
      const partition = partitionOf(key, 0, key.length, 10);
      used.set(partition, (used.get(partition) ?? 0) + 1);
    }
    assert.equal(used.size, 10);
    for (const count of used.values()) assert.ok(count > 900 && count < 1100, String(count));
  });
});
