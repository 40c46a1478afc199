import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteReader, ByteWriter } from "@oxbow/log";
import { SkipList } from "../../../src/jetstream/consumer/skip-list.ts";

function listOf(...sequences: number[]): SkipList {
  const list = new SkipList();
  list.reset(sequences, 100);
  return list;
}

test("the list is taken from the front", () => {
  const list = listOf(3, 7, 9);
  assert.deepEqual([list.length, list.first], [3, 3]);
  list.dropBelow(3);
  assert.equal(list.first, 3);
  list.dropBelow(8);
  assert.deepEqual([list.length, list.first], [1, 9]);
  list.dropBelow(10);
  assert.deepEqual([list.length, list.first], [0, 0]);
});

test("only what was not taken yet is in the list", () => {
  const list = listOf(3, 7, 9);
  list.dropBelow(4);
  assert.deepEqual(
    [3, 4, 7, 8, 9, 10].map((sequence) => list.has(sequence)),
    [false, false, true, false, true, false],
  );
  assert.equal(
    list.countOf((sequence) => sequence > 7),
    1,
  );
  assert.equal(new SkipList().has(0), false);
});

test("what is left is written and read back", () => {
  const list = listOf(3, 7, 9);
  list.dropBelow(4);
  const writer = new ByteWriter();
  list.encode(writer);
  const restored = new SkipList();
  restored.restore(new ByteReader(Buffer.from(writer.bytes)));
  assert.deepEqual([restored.length, restored.first, restored.resumeSequence], [2, 7, 100]);
});
