import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parentText, readParent, readStamp, stampText } from "../../src/lineage/stamp.ts";
import { continuedTrace, traceIdIn, traceIdOf } from "../../src/lineage/trace.ts";

const name = fc
  .string({ minLength: 1, maxLength: 40, unit: "binary" })
  .filter((text) => text.isWellFormed() && !/\p{Cc}/u.test(text));

test("a stamp says what was put into it, on one line of ASCII", () => {
  fc.assert(
    fc.property(name, name, fc.nat(), (by, user, connection) => {
      const text = stampText({ door: "sdk", by, id: "abc.1", connection, user });
      assert.match(text, /^[!-~]+$/);
      assert.deepEqual(readStamp(text), { door: "sdk", by, id: "abc.1", connection, user });
    }),
  );
  assert.equal(stampText({ door: "resend", by: null }), "door=resend");
});

test("any text is a stamp or none, and what a later version adds is passed over", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void readStamp(text)));
  assert.deepEqual(readStamp("door=kafka;later=1"), {
    ...{ door: "kafka", by: null, id: null, connection: null, user: null },
  });
  for (const none of ["", "by=a", "door=", "door=<b>", "door=sdk;by=%0a", "door=sdk;by=%zz"]) {
    assert.equal(readStamp(none), undefined, none);
  }
});

test("a parent is a place, or nothing", () => {
  fc.assert(
    fc.property(name, fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1 }), (...of) => {
      const [station, partition, sequence] = of;
      const place = { station, partition, sequence };
      assert.deepEqual(readParent(parentText(place)), place);
    }),
  );
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void readParent(text)));
  for (const none of ["", "orders", "orders/0/1", "orders/1/0", "orders/1/x", "a/b/1/2"]) {
    assert.equal(readParent(none), undefined, none);
  }
});

test("a trace goes on in what is derived, or begins with the message", () => {
  const parent = { stream: "orders", sequence: 7, timeMs: 1_780_000_000_123 };
  const trace = "0af7651916cd43dd8448eb211c80319c";
  const given = `00-${trace}-b7ad6b7169203331-01`;
  assert.match(continuedTrace(given, parent), new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
  assert.notEqual(continuedTrace(given, parent), continuedTrace(given, parent));
  const begun = traceIdOf(parent);
  assert.match(begun, /^[0-9a-f]{32}$/);
  for (const none of [undefined, "", "nonsense", `00-${"0".repeat(32)}-b7ad6b7169203331-01`]) {
    assert.equal(traceIdIn(none), undefined);
    assert.match(continuedTrace(none, parent), new RegExp(`^00-${begun}-[0-9a-f]{16}-00$`));
  }
});
