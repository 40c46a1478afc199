import assert from "node:assert/strict";
import { test } from "node:test";
import { texts } from "../support/inbox.ts";
import { describeFrames, RawClient } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

/** Subscription, subjects it must see, subjects it must not. */
const MATCHES: readonly [string, readonly string[], readonly string[]][] = [
  ["m1.b", ["m1.b"], ["m1.B", "m1", "m1.b.c"]],
  ["m2.*", ["m2.a", "m2.*"], ["m2", "m2.a.b"]],
  ["m3.*.c", ["m3.b.c"], ["m3.b.d", "m3.b.b.c", "m3.c"]],
  ["*.m4", ["x.m4"], ["m4", "x.y.m4"]],
  ["m5.>", ["m5.a", "m5.a.b.c"], ["m5"]],
  ["m6.*.>", ["m6.a.b", "m6.a.b.c"], ["m6.a"]],
  ["m7.a*", ["m7.a*"], ["m7.ab"]],
  ["m8.>x", ["m8.>x"], ["m8.ax", "m8.a.b"]],
  ["m9.ü€", ["m9.ü€"], ["m9.u"]],
];

onEachTarget("subjects", (target) => {
  for (const [filter, matching, others] of MATCHES) {
    test(`a subscription to ${filter} sees ${matching.join(" and ")} only`, async () => {
      await using client = await RawClient.open(target.server);
      const inbox = client.subscribe(filter);
      for (const subject of [...others, ...matching]) client.publish(subject, subject);
      await client.flush();
      assert.deepEqual(texts(inbox.arrived), [...matching]);
    });
  }

  for (const subject of ["a..b", ".a", "a.", ">.a", "a.>.b"]) {
    test(`a subscription to ${subject} is refused and the connection stays`, async () => {
      await using client = await RawClient.open(target.server);
      client.send(`SUB ${subject} 1`);
      assert.deepEqual(describeFrames(await client.flush()), ["-ERR Invalid Subject"]);
    });
  }

  test("a subject with an empty token is published to nobody", async () => {
    await using client = await RawClient.open(target.server);
    const inbox = client.subscribe(">");
    client.publish("empty..token", "x");
    client.publish("whole", "y");
    await client.flush();
    assert.deepEqual(texts(inbox.arrived), ["y"]);
  });

  test("a message goes to every matching subscription, once each", async () => {
    await using client = await RawClient.open(target.server);
    const inboxes = ["fan.a", "fan.*", "fan.>", "*.a", "fan.a"].map((filter) =>
      client.subscribe(filter),
    );
    client.publish("fan.a", "x");
    await client.flush();
    for (const inbox of inboxes) assert.deepEqual(texts(inbox.arrived), ["x"]);
  });

  test("messages of one publisher keep their order at each subscriber", async () => {
    await using client = await RawClient.open(target.server);
    await using other = await RawClient.open(target.server);
    const inbox = other.subscribe("order.>");
    await other.flush();
    const bodies = Array.from({ length: 500 }, (_, index) => String(index));
    for (const body of bodies) client.publish(`order.${Number(body) % 3}`, body);
    assert.deepEqual(texts(await inbox.take(bodies.length)), bodies);
  });
});
