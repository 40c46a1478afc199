import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressOf, keyOf, type Route } from "../../src/stations/route.ts";

function route(partitions: number, isManaged = true): Route {
  const streams =
    partitions === 1 ? ["s"] : Array.from({ length: partitions }, (_, index) => `s$${index + 1}`);
  return { station: "s", isManaged, streams, subject: undefined, isUntilAcknowledged: false };
}

test("a key leads to one partition, and is found again in the subject", () => {
  const token = fc.stringMatching(/^[a-z0-9_-]{1,5}$/);
  const key = fc.array(token, { minLength: 1, maxLength: 3 }).map((tokens) => tokens.join("."));
  fc.assert(
    fc.property(key, fc.integer({ min: 1, max: 50 }), fc.nat(9), (value, count, turn) => {
      const to = route(count);
      const address = addressOf(to, value, undefined, turn);
      assert.equal(addressOf(to, value, undefined, turn + 1).partition, address.partition);
      assert.equal(address.stream, to.streams[address.partition - 1]);
      assert.equal(keyOf(true, address.stream, address.subject), value);
    }),
  );
});

test("without a key one partition follows the other, and there is none in what comes", () => {
  const to = route(3);
  const partitions = [0, 1, 2, 3].map(
    (turn) => addressOf(to, undefined, undefined, turn).partition,
  );
  assert.deepEqual(partitions, [1, 2, 3, 1]);
  assert.equal(addressOf(route(1), undefined, undefined, 0).subject, "s");
  assert.equal(keyOf(true, "s", "s"), undefined);
  assert.equal(keyOf(true, "s$1", addressOf(to, undefined, 1, 0).subject), undefined);
});

test("the stream of a plain client takes whole subjects as keys", () => {
  const to = route(1, false);
  assert.equal(addressOf(to, "any.subject", undefined, 0).subject, "any.subject");
  assert.throws(() => addressOf(to, undefined, undefined, 0), /whole subject/);
  assert.equal(addressOf({ ...to, subject: "one" }, undefined, undefined, 0).subject, "one");
  assert.equal(keyOf(false, "s", "any.subject"), "any.subject");
});
