import assert from "node:assert/strict";
import { test } from "node:test";
import { schedule } from "../schedule.ts";

test("two servers take turns as A B, B A, A B", () => {
  const order = [...schedule(3, 1, 2)].map(({ columnIndex }) => columnIndex);
  assert.deepEqual(order, [0, 1, 1, 0, 0, 1]);
});

test("a case runs on all servers before the next case begins, and every round has all cases", () => {
  assert.deepEqual(
    [...schedule(2, 2, 3)].map((run) => `${run.round}.${run.caseIndex}${"ABC"[run.columnIndex]}`),
    ["1.0A", "1.0B", "1.0C", "1.1A", "1.1B", "1.1C"].concat([
      "2.0C",
      "2.0B",
      "2.0A",
      "2.1C",
      "2.1B",
      "2.1A",
    ]),
  );
});

test("every server gets every case once per round", () => {
  const counts = new Map<string, number>();
  for (const { caseIndex, columnIndex } of schedule(5, 4, 3)) {
    const key = `${caseIndex}/${columnIndex}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assert.equal(counts.size, 12);
  assert.ok([...counts.values()].every((count) => count === 5));
});
