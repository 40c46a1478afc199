import assert from "node:assert/strict";
import { test } from "node:test";
import { formatProgress } from "../../src/demo/progress.ts";
import { type DatasetResult, percentile, renderReport } from "../../src/demo/report.ts";

const result: DatasetResult = {
  stream: "DEMO_QUAKES",
  messages: 1707,
  bytes: 2048,
  perSecond: 12_345.6,
  ackP50Ms: 1.5,
  ackP99Ms: 20,
  syncs: 17,
  redelivered: 0,
  published: { count: 1707, checksum: "00000000000000ff" },
  consumed: { count: 1707, checksum: "00000000000000ff" },
  stored: 1707,
  isMatch: true,
};

test("the table names what was measured and the verdict", () => {
  const text = renderReport([result], "a:1");
  assert.match(
    text,
    /DEMO_QUAKES\s+1,707\s+2 KiB\s+12,346\s+1\.5ms\s+20ms\s+17\s+100\s+0\s+yes, 0+ff/,
  );
  assert.match(text, /exact match: all 1,707 messages on a:1/);
});

test("a server that does not count its syncs leaves n/a", () => {
  assert.match(renderReport([{ ...result, syncs: undefined }], "a:1"), /n\/a\s+n\/a/);
});

test("a mismatch says what is where", () => {
  const consumed = { count: 1706, checksum: "0000000000000000" };
  const text = renderReport([{ ...result, consumed, isMatch: false }], "a:1");
  assert.match(text, /NO: 1707 published, 1707 stored, 1706 consumed, 0+ff = 0+\n/);
  assert.match(text, /MISMATCH on a:1 in DEMO_QUAKES/);
});

test("percentiles of nothing, of one and of many", () => {
  const values = Float64Array.from({ length: 100 }, (_, index) => 99 - index);
  assert.equal(percentile(new Float64Array(0), 0.5), 0);
  assert.equal(percentile(Float64Array.of(7), 0.99), 7);
  assert.deepEqual(
    [0, 0.5, 0.99, 1].map((share) => percentile(values, share)),
    [0, 50, 99, 99],
  );
});

test("progress shows a bar on terminals only", () => {
  const progress = { stream: "S", total: 200, published: 100, consumed: 90 };
  assert.equal(
    formatProgress(progress, 1234.5, false),
    "S             50%  100 of 200  1,235 msg/s, lag 10",
  );
  assert.match(formatProgress(progress, 0, true), / █{12}░{12} {2}50%/);
});
