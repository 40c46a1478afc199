import assert from "node:assert/strict";
import { test } from "node:test";
import { Turnstile } from "../../src/service/turnstile.ts";

test("lets so many through at a time, and others one after the other", async () => {
  const turnstile = new Turnstile(2, 2);
  const begun: number[] = [];
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const work = gates.map(({ promise }, index) =>
    turnstile.run(async () => {
      begun.push(index);
      await promise;
      if (index === 1) throw new Error("failed");
    }),
  );
  assert.deepEqual(begun, [0, 1]);
  assert.equal(
    turnstile.run(() => Promise.resolve()),
    undefined,
    "two wait already",
  );
  let isEmpty = false;
  const empty = turnstile.empty().then(() => {
    isEmpty = true;
  });
  gates[1]?.resolve();
  await assert.rejects(work[1] ?? Promise.resolve(), /failed/);
  gates[2]?.resolve();
  await work[2];
  assert.deepEqual(begun, [0, 1, 2, 3]);
  assert.equal(isEmpty, false);
  gates[0]?.resolve();
  gates[3]?.resolve();
  await Promise.all([work[0], work[3], empty]);
  assert.equal(await turnstile.run(() => Promise.resolve(5)), 5);
});
