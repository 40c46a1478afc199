import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressOf, keyOf, type Route } from "../../src/stations/route.ts";

function route(partitions: number, isManaged = true): Route {
  const streams =
    partitions === 1 ? ["s"] : Array.from({ length: partitions }, (_, index) => `s$${index + 1}`);
  return {
    station: "s",
    isManaged,
    streams,
    subject: undefined,
    isUntilAcknowledged: false,
    isByContent: false,
  };
}

test("a key leads to one partition, and is found again in the subject", () => {
  const token = fc.stringMatching(/^[a-z0-9_-]{1,5}$/);
  const key = fc.array(token, { minLength: 1, maxLength: 3 }).map((tokens) => tokens.join("."));
  fc.assert(
    fc.property(key, fc.integer({ min: 1, max: 50 }), fc.nat(9), (value, count, turn) => {
      const to = route(count);
      const address = addressOf(to, value, undefined, undefined, turn);
      assert.equal(
        addressOf(to, value, undefined, undefined, turn + 1).partition,
        address.partition,
      );
      assert.equal(address.stream, to.streams[address.partition - 1]);
      assert.equal(keyOf(true, address.stream, address.subject), value);
    }),
  );
});

test("without a key one partition follows the other, and there is none in what comes", () => {
  const to = route(3);
  const partitions = [0, 1, 2, 3].map(
    (turn) => addressOf(to, undefined, undefined, undefined, turn).partition,
  );
  assert.deepEqual(partitions, [1, 2, 3, 1]);
  assert.equal(addressOf(route(1), undefined, undefined, undefined, 0).subject, "s");
  assert.equal(keyOf(true, "s", "s"), undefined);
  assert.equal(keyOf(true, "s$1", addressOf(to, undefined, 1, undefined, 0).subject), undefined);
});

test("the stream of a plain client takes whole subjects as keys", () => {
  const to = route(1, false);
  assert.equal(addressOf(to, "any.subject", undefined, undefined, 0).subject, "any.subject");
  assert.throws(() => addressOf(to, undefined, undefined, undefined, 0), /whole subject/);
  assert.equal(
    addressOf({ ...to, subject: "one" }, undefined, undefined, undefined, 0).subject,
    "one",
  );
  assert.equal(keyOf(false, "s", "any.subject"), "any.subject");
});

test("without a key the partition is that of the id, if there is one", () => {
  const to = route(7);
  const partitions = ["a", "b", "a", "c"].map(
    (id, turn) => addressOf(to, undefined, undefined, id, turn).partition,
  );
  assert.equal(partitions[0], partitions[2]);
  assert.equal(
    addressOf(to, "k", undefined, "a", 0).partition,
    addressOf(to, "k", undefined, "b", 1).partition,
  );
  assert.equal(addressOf(to, undefined, 3, "a", 0).partition, 3);
});
