import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Acknowledgement } from "../../src/produce/acknowledgement.ts";
import { produceMany } from "../../src/produce/produce-many.ts";

const acknowledgement = (isDuplicate: boolean): Acknowledgement => ({
  partition: 1,
  sequence: 1,
  isDuplicate,
  messageId: "x",
});

test("every value is accounted for, whatever fails, and in whatever order answers come", async () => {
  const outcome = fc.constantFrom("stored", "duplicate", "failed");
  await fc.assert(
    fc.asyncProperty(
      fc.array(outcome),
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.nat(100)),
      async (outcomes, windowMax, order) => {
        const waiting: (() => void)[] = [];
        let underWay = 0;
        let turns = 0;
        // Answers one of those that wait, a moment after there is any.
        const answer = (): void => {
          const next = waiting.splice((order[turns++ % order.length] ?? 0) % waiting.length, 1)[0];
          next?.();
        };
        const report = await produceMany(
          outcomes,
          (value) =>
            new Promise((resolve, reject) => {
              underWay++;
              assert.ok(underWay <= windowMax);
              waiting.push(() => {
                underWay--;
                if (value === "failed") reject(new Error(value));
                else resolve(acknowledgement(value === "duplicate"));
              });
              setImmediate(answer);
            }),
          { windowMax },
        );
        const indexes = outcomes.flatMap((value, index) => (value === "failed" ? [index] : []));
        assert.equal(report.taken, outcomes.length);
        assert.equal(report.acknowledged, outcomes.length - indexes.length);
        assert.equal(report.duplicates, outcomes.filter((value) => value === "duplicate").length);
        assert.deepEqual(
          report.failures.map(({ index }) => index),
          indexes,
        );
      },
    ),
    { numRuns: 50 },
  );
});

test("it stops taking values at a bound of failures, and when told to", async () => {
  const fail = (): Promise<never> => Promise.reject(new Error("no"));
  const endless = function* (): Generator<number> {
    for (let value = 0; ; value++) yield value;
  };
  const failed = await produceMany(endless(), fail, { failuresMax: 3, windowMax: 1 });
  assert.equal(failed.failures.length, failed.taken);
  assert.ok(failed.taken <= 4);
  const controller = new AbortController();
  const produce = async (value: number): Promise<Acknowledgement> => {
    if (value === 9) controller.abort();
    return acknowledgement(false);
  };
  const aborted = await produceMany(endless(), produce, {
    signal: controller.signal,
    windowMax: 1,
  });
  assert.equal(aborted.acknowledged, aborted.taken);
  assert.equal(aborted.taken, 10);
});
