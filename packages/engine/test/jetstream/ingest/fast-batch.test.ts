import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FastBatch } from "../../../src/jetstream/ingest/fast-batch.ts";

/** The sequences that are acknowledged of `count` messages, each with the flow after it. */
function acknowledgements(batch: FastBatch, count: number, batchCount = 1): [number, number][] {
  const found: [number, number][] = [];
  for (let index = 0; index < count; index++) {
    batch.lastSequence++;
    batch.stored(batch.lastSequence);
    if (batch.isAcknowledgementDue(batchCount))
      found.push([batch.acknowledgedSequence, batch.flow]);
  }
  return found;
}

test("a batch alone is acknowledged as rarely as its publisher allows, up to 500", () => {
  assert.deepEqual(acknowledgements(new FastBatch("b", false, 10, true), 25), [
    [10, 10],
    [20, 10],
  ]);
  assert.equal(new FastBatch("b", false, 60_000, true).flow, 500);
});

test("one beside others begins slowly, and doubles", () => {
  const batch = new FastBatch("b", false, 50, false);
  assert.deepEqual(acknowledgements(batch, 150, 2), [
    [1, 2],
    [3, 4],
    [7, 8],
    [15, 16],
    [31, 32],
    [63, 50],
    [113, 50],
  ]);
});

test("batches share what may be on its way", () => {
  const batch = new FastBatch("b", false, 500, true);
  assert.deepEqual(acknowledgements(batch, 500, 100), [[500, 250]]);
  assert.deepEqual(acknowledgements(batch, 480, 100), [
    [750, 125],
    [875, 62],
    [937, 31],
    [968, 15],
  ]);
  assert.equal(acknowledgements(batch, 1_000, 10_000).at(-1)?.[1], 1);
});

test("however messages come, acknowledgements rise, lag by less than the flow, and the flow keeps its bounds", () => {
  const steps = fc.array(
    fc.record({ gap: fc.nat(1_000), others: fc.integer({ min: 1, max: 600 }) }),
  );
  const property = fc.property(
    fc.integer({ min: 1, max: 65_535 }),
    fc.boolean(),
    steps,
    (flowMax, isAlone, all) => {
      const batch = new FastBatch("b", true, flowMax, isAlone);
      for (const { gap, others } of all) {
        const before = batch.acknowledgedSequence;
        const flow = batch.flow;
        batch.lastSequence += gap + 1;
        batch.stored(batch.lastSequence);
        const isDue = batch.isAcknowledgementDue(others);
        assert.equal(isDue, batch.acknowledgedSequence > before);
        assert.ok(batch.storedSequence - batch.acknowledgedSequence < flow);
        assert.ok(batch.flow >= 1 && batch.flow <= Math.min(flowMax, 500));
      }
    },
  );
  fc.assert(property);
});
