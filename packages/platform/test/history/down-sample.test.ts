import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Block, BlockWriter, readBlock } from "../../src/history/block.ts";
import { downSample, type Step } from "../../src/history/down-sample.ts";

/** Goal: steps of any length say what the points in them say: averages, greatest rates, and gauges as they were. */
const names = { counts: ["in"], gauges: ["lag"] };

function blockOf(
  ...points: readonly (readonly [atMs: number, count: number, lag: number])[]
): Block {
  const writer = new BlockWriter();
  for (const [atMs, count, lag] of points) {
    const before = { station: { lag: 1 }, groups: new Map() };
    writer.add(atMs, 10_000, { in: count, lag }, new Map(), before);
  }
  return writer.block;
}

function sampled(blocks: readonly Block[], toMs: number, stepMs: number, now = {}): unknown[] {
  const range = { fromMs: 0, toMs, stepMs };
  const steps = downSample(blocks, ({ station }) => station, names, range, now);
  return steps.map((step: Step) => [
    ...[step.rate("in"), step.rateMax("in"), step.last("lag"), step.most("lag")],
  ]);
}

test("rates are averages and the greatest, gauges stay until something is different", () => {
  const blocks = [
    blockOf([20_000, 10, 5], [30_000, 30, 9], [40_000, 0, 2]),
    blockOf([90_000, 5, 7]),
  ];
  assert.deepEqual(sampled(blocks, 120_000, 30_000), [
    [40 / 30, 3, 9, 9].map((value) => Math.round(value * 1_000) / 1_000),
    [0, 0, 2, 2],
    [0.167, 0.5, 7, 7],
    [0, 0, 7, 7],
  ]);
});

test("before the first point it was as that says, and without one as it is now", () => {
  assert.deepEqual(sampled([blockOf([20_000, 10, 5])], 30_000, 10_000), [
    [0, 0, 1, 1],
    [1, 1, 5, 5],
    [0, 0, 5, 5],
  ]);
  assert.deepEqual(sampled([blockOf([-5_000, 3, 4], [0, 1, 6])], 10_000, 10_000), [[0, 0, 6, 6]]);
  assert.deepEqual(sampled([], 10_000, 10_000, { lag: 3 }), [[0, 0, 3, 3]]);
  assert.deepEqual(sampled([], 10_000, 10_000), [[0, 0, null, null]]);
});

test("nothing that was counted is lost, however long the steps are", () => {
  const counts = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(
      counts,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 9 }),
      (all, size, steps) => {
        const blocks: Block[] = [];
        for (let at = 0; at < all.length; at += size) {
          const part = all.slice(at, at + size);
          blocks.push(blockOf(...part.map((n, i) => [(at + i + 1) * 10_000, n, n] as const)));
        }
        const stepMs = steps * 10_000;
        const toMs = Math.ceil((all.length * 10_000) / stepMs) * stepMs;
        const sums = (sampled(blocks, toMs, stepMs) as [number][]).map(
          ([rate]) => rate * steps * 10,
        );
        const sum = sums.reduce((total, each) => total + each, 0);
        assert.ok(
          Math.abs(sum - all.reduce((total, each) => total + each, 0)) <= sums.length * 0.1,
        );
      },
    ),
  );
});

test("what is no block is none, whatever it is", () => {
  const block = blockOf([10_000, 1, 2]);
  assert.deepEqual(readBlock(JSON.stringify(block)), block);
  assert.equal(readBlock(JSON.stringify({ ...block, version: 2 })), undefined);
  fc.assert(fc.property(fc.string(), (text) => void readBlock(text)));
  fc.assert(
    fc.property(fc.json(), (text) => {
      const found = readBlock(text);
      if (found !== undefined) sampled([found], 60_000, 10_000);
    }),
  );
});
