import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { explainDenial, operationNames, subjectPattern } from "oxbow/control";

/** Goal: whoever may not do something reads what, what that takes, and how to get it. */
const rows: readonly (readonly [string, RegExp])[] = [
  ["prod#orders.eu", /may not publish to the station prod\.orders: .+--write prod\.orders/],
  ["prod#orders$3.eu", /publish to the station prod\.orders: it takes an application or the role/],
  [
    "$OXBOW.API.STATION.PURGE.prod#orders",
    /may not remove messages of the station prod\.orders \(station\.purge\): it takes the role operator, admin or owner, and prod\.orders among the stations that it may write to\. An admin gives that with "oxbow user edit USER --role operator --write prod\.orders"/,
  ],
  ["$OXBOW.API.STATION.DELETE.a", /the role admin or owner, and a among/],
  [
    "$OXBOW.API.DEADLETTER.SET_RETENTION",
    /the role admin, and \* among .+--read '\*' --write '\*'/,
  ],
  ["$OXBOW.API.TENANT.CREATE.acme", /may not manage tenants .+ the role owner\./],
  ["$OXBOW.API.SOMETHING.ELSE", /needs|takes the permission to publish to/],
  ["$JS.API.CONSUMER.MSG.NEXT.prod#orders$2.billing", /consume from the station prod\.orders/],
  ["$JS.API.STREAM.INFO.a", /see the station a: it takes a among .+ read or write to/],
  ["$JS.API.STREAM.NAMES", /"oxbow station list" shows the stations that it may see/],
  ["$JS.API.STREAM.DELETE.a", /deleted by the control API, as with "oxbow station"/],
  ["$JS.ACK.a.g.1.2.3.4.5", /consume from the station a/],
  ["$KV.bucket.key", /takes the permission to publish to "\$KV\.bucket\.key"/],
];

suite("a denial says what is missing", () => {
  for (const [subject, text] of rows) {
    test(subject, () => assert.match(explainDenial("publish", subject), text));
  }

  test("for every operation there is", () => {
    for (const operation of operationNames) {
      const subject = subjectPattern(operation).replaceAll("*", "a");
      assert.match(
        explainDenial("publish", subject),
        /oxbow user edit USER|may not ask/,
        operation,
      );
    }
  });

  test("with the name of the user, and for subscriptions", () => {
    const text = explainDenial("subscription", "prod#orders.>", "shop");
    assert.match(text, /^user shop may not read messages of .+oxbow user edit shop --read/);
  });
});
