import assert from "node:assert/strict";
import { test } from "node:test";
import { RateMeter } from "../../src/presence/rate-meter.ts";

const meterOf = (...counts: readonly (readonly [atMs: number, messages: number])[]): RateMeter => {
  const meter = new RateMeter();
  for (const [atMs, messages] of counts) meter.note({ atMs, messages, bytes: messages * 10 });
  return meter;
};

test("there is no rate of one count", () => {
  assert.equal(meterOf().rate(), null);
  assert.equal(meterOf([0, 5]).rate(), null);
});

test("a rate is that of the last seconds", () => {
  assert.deepEqual(meterOf([0, 0], [10_000, 100]).rate(), { messages: 10, bytes: 100 });
  assert.deepEqual(meterOf([0, 0], [10_000, 100], [20_000, 100], [40_000, 100]).rate(), {
    messages: 0,
    bytes: 0,
  });
});

test("counts that come quickly one after another do not make the time short", () => {
  const quick = Array.from({ length: 50 }, (_, index) => [index * 100, index] as const);
  assert.equal(Math.round(meterOf(...quick).rate()?.messages ?? 0), 10);
});

test("counting begins again where it is said to, and bytes may be unknown", () => {
  const meter = meterOf([0, 100], [10_000, 200], [20_000, 5]);
  assert.equal(meter.rate(), null);
  meter.note({ atMs: 30_000, messages: 15, bytes: null });
  assert.deepEqual(meter.rate(), { messages: 1, bytes: null });
});
