import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { groupSettings, stationSettings, textsOf, valuesOf } from "../../src/apply/settings.ts";

test("settings are written for people, and read as the platform has them", () => {
  const given = { maxAge: "7d", maxBytes: "10GiB", maxMessages: "none", partitions: 3 };
  const values = {
    maxAgeMs: 604_800_000,
    maxBytes: 10 * 1024 ** 3,
    maxMessages: null,
    partitions: 3,
  };
  assert.deepEqual(valuesOf(stationSettings, given, "stations.a"), values);
  assert.deepEqual(textsOf(stationSettings, values), given);
  const group = { maxDeliveries: "none", backoff: ["1s", "1m30s"], keys: ["eu.>"] };
  const groupValues = { maxDeliveries: null, backoffMs: [1_000, 90_000], keys: ["eu.>"] };
  assert.deepEqual(valuesOf(groupSettings, group, "g"), groupValues);
  assert.deepEqual(valuesOf(stationSettings, { maxAge: "forever" }, "s"), { maxAgeMs: 0 });
});

test("what is wrong is refused with its place", () => {
  const read =
    (given: object): (() => unknown) =>
    () =>
      valuesOf(stationSettings, given as Record<string, unknown>, "stations.a");
  assert.throws(read({ maxAeg: "7d" }), /stations\.a has no maxAeg: did you mean maxAge\?/);
  assert.throws(read({ maxAge: 7 }), /stations\.a\.maxAge: expected a duration .*, not 7/);
  assert.throws(read({ maxBytes: "many" }), /stations\.a\.maxBytes: expected a size/);
  assert.throws(read({ __proto__: null, constructor: 1 }), /has no constructor/);
});

test("every value that is written is read back as it is", () => {
  const value = fc.record({
    maxAgeMs: fc.integer({ min: 0, max: 3_153_600_000_000 }),
    maxBytes: fc.option(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
    duplicateWindowMs: fc.integer({ min: 100, max: 86_400_000 }),
  });
  const property = fc.property(value, (values) =>
    assert.deepEqual(valuesOf(stationSettings, textsOf(stationSettings, values), "s"), {
      ...values,
    }),
  );
  fc.assert(property);
});
