import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { datasets, delayBand, magnitudeBand } from "../../src/demo/datasets.ts";

suite("the data sets", () => {
  const expected: Readonly<Record<string, { count: number; subject: RegExp }>> = {
    DEMO_FLIGHTS: { count: 20_000, subject: /^flights\.[A-Z]{3}\.[A-Z]{3}$/ },
    DEMO_DELAYS: { count: 200_000, subject: /^delays\.(early|on-time|late|very-late|extreme)$/ },
    DEMO_QUAKES: { count: 1707, subject: /^quakes\.(below-0|unknown|\d-\d)$/ },
  };
  for (const dataset of datasets) {
    test(`${dataset.stream} makes one message of each record`, async () => {
      const { count, subject } = expected[dataset.stream] ?? { count: 0, subject: /^$/ };
      const records = await dataset.load();
      assert.equal(records.count, count);
      for (let index = 0; index < count; index += 1) {
        const message = records.message(index);
        assert.match(message.subject, subject);
        if (index === 0) assert.deepEqual(records.message(0), message);
      }
      assert.throws(() => records.message(count), RangeError);
    });
  }
});

test("delays and magnitudes fall into bands", () => {
  const delays = [-1, 0, 14, 15, 44, 45, 119, 120].map(delayBand);
  const expected = [
    "early",
    "on-time",
    "on-time",
    "late",
    "late",
    "very-late",
    "very-late",
    "extreme",
  ];
  assert.deepEqual(delays, expected);
  assert.deepEqual([null, -0.8, 0, 1.99, 6.4].map(magnitudeBand), [
    "unknown",
    "below-0",
    "0-1",
    "1-2",
    "6-7",
  ]);
});
