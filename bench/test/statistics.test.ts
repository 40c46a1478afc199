import assert from "node:assert/strict";
import { test } from "node:test";
import { ratios, summarize } from "../statistics.ts";

test("the median of an odd number of values is the middle one", () => {
  assert.deepEqual(summarize([9, 1, 5]), { count: 3, median: 5, min: 1, max: 9 });
});

test("the median of an even number of values lies between the middle two", () => {
  assert.deepEqual(summarize([4, 1, 2, 10]), { count: 4, median: 3, min: 1, max: 10 });
});

test("no values have no summary", () => {
  assert.equal(summarize([]), undefined);
});

test("values are not reordered in place", () => {
  const values = [3, 1, 2];
  summarize(values);
  assert.deepEqual(values, [3, 1, 2]);
});

test("ratios pair the values of the same round and skip rounds that one side lacks", () => {
  const numerators = new Map([
    [1, 10],
    [2, 30],
    [3, 50],
  ]);
  const denominators = new Map([
    [1, 5],
    [3, 10],
    [4, 1],
  ]);
  assert.deepEqual(ratios(numerators, denominators), [2, 5]);
});

test("a rate of zero gives no ratio", () => {
  assert.deepEqual(ratios(new Map([[1, 10]]), new Map([[1, 0]])), []);
});
