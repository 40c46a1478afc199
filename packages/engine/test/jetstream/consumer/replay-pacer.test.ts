import assert from "node:assert/strict";
import { test } from "node:test";
import { ReplayPacer } from "../../../src/jetstream/consumer/replay-pacer.ts";

test("the pause between two deliveries is the one between the messages", () => {
  const pacer = new ReplayPacer(3);
  assert.equal(pacer.delayMs(1, 5_000, 100), 0, "nothing to wait for before the first");
  pacer.delivered(5_000, 100);
  assert.equal(pacer.delayMs(2, 5_250, 100), 250);
  assert.equal(pacer.delayMs(2, 5_250, 300), 50, "the time since then counts");
  assert.equal(pacer.delayMs(2, 5_250, 999), 0);
});

test("what came after the consumer is not held up", () => {
  const pacer = new ReplayPacer(3);
  pacer.delivered(5_000, 100);
  assert.equal(pacer.delayMs(3, 6_000, 100), 1_000);
  assert.equal(pacer.delayMs(4, 6_000, 100), 0);
});
