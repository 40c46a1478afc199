import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeSequences, encodeSequences } from "../../src/segment/tombstones.ts";

test("sequences in any order are read as they were written", () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeNat().map((value) => Math.floor(value / 4))), (sequences) => {
      const found: number[] = [];
      decodeSequences(encodeSequences(sequences), (sequence) => found.push(sequence));
      assert.deepEqual(found, sequences);
    }),
  );
});

test("runs take a byte each", () => {
  const run = Array.from({ length: 1_000 }, (_, i) => 5_000_000 + i);
  assert.ok(encodeSequences(run).length < 1_010);
});

test("a list that is cut off ends where it ends", () => {
  const bytes = encodeSequences([1, 2, 3]);
  const found: number[] = [];
  decodeSequences(bytes.subarray(0, 2), (sequence) => found.push(sequence));
  assert.ok(found.length <= 2);
});
