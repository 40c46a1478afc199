import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { deliveryOf } from "../../src/consume/delivery.ts";
import { isPattern, matchesPattern } from "../../src/consume/station-patterns.ts";

test("the reply subject of a delivery is read in its short and its long form", () => {
  const expected = {
    stream: "s",
    consumer: "c",
    attempt: 2,
    sequence: 30,
    consumerSequence: 4,
    timeMs: 1_700_000_000_123,
    pending: 5,
  };
  const tail = "s.c.2.30.4.1700000000123456789.5";
  assert.deepEqual(deliveryOf(`$JS.ACK.${tail}`), expected);
  assert.deepEqual(deliveryOf(`$JS.ACK.hub.hash.${tail}.random`), expected);
});

test("no text makes it fail", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      deliveryOf(text);
      deliveryOf(`$JS.ACK.${text}`);
    }),
  );
});

test("patterns stand for stations by the parts of their names", () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ["payments.*", "payments.eu", true],
    ["payments.*", "payments", false],
    ["payments.*", "payments.eu.old", false],
    ["payments.>", "payments.eu.old", true],
    ["payments.>", "payments", false],
    [">", "anything", true],
    ["*.eu", "payments.eu", true],
    ["orders-*", "orders-eu", true],
    ["orders-*", "Orders-EU", true],
    ["orders-*", "orders-", true],
    ["orders-*", "orders-eu.old", false],
    ["orders-*", "order-eu", false],
    ["*-eu-*.a*c", "orders-eu-1.abc", true],
    ["*-eu-*.a*c", "eu-1.abc", false],
    ["a*a", "a", false],
    [">", "OXBOW_DEAD_LETTERS", false],
  ];
  for (const [pattern, station, expected] of rows) {
    assert.equal(matchesPattern(pattern, station), expected, `${pattern} ${station}`);
    assert.ok(isPattern(pattern));
  }
  assert.equal(isPattern("payments.eu"), false);
});
