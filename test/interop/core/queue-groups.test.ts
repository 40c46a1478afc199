import assert from "node:assert/strict";
import { test } from "node:test";
import { texts } from "../support/inbox.ts";
import { describeFrames, RawClient } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

const MESSAGE_COUNT = 300;

onEachTarget("queue groups", (target) => {
  test("exactly one member of a group gets each message", async () => {
    await using client = await RawClient.open(target.server);
    const members = ["work", "work", "work"].map((group) => client.subscribe("q.a", group));
    const sent = Array.from({ length: MESSAGE_COUNT }, (_, index) => String(index));
    for (const body of sent) client.publish("q.a", body);
    await client.flush();
    const received = members.flatMap((member) => texts(member.arrived));
    assert.deepEqual(
      received.sort((a, b) => Number(a) - Number(b)),
      sent,
    );
  });

  test("the messages are spread over all members, wherever they are connected", async () => {
    await using publisher = await RawClient.open(target.server);
    await using first = await RawClient.open(target.server);
    await using second = await RawClient.open(target.server);
    const members = [first, first, second].map((client) => client.subscribe("q.b", "work"));
    await first.flush();
    await second.flush();
    for (let index = 0; index < MESSAGE_COUNT; index++) publisher.publish("q.b", "x");
    await publisher.flush();
    await first.flush();
    await second.flush();
    const counts = members.map((member) => member.arrived.length);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      MESSAGE_COUNT,
    );
    // A fair choice leaves a member with fewer than a tenth of the messages once in 10^20 runs.
    for (const count of counts) assert.ok(count > MESSAGE_COUNT / 10, `spread ${counts}`);
  });

  test("every group gets a copy, and so does every plain subscription", async () => {
    await using client = await RawClient.open(target.server);
    const plain = [client.subscribe("q.c"), client.subscribe("q.*")];
    const red = [client.subscribe("q.c", "red"), client.subscribe("q.>", "red")];
    const blue = [client.subscribe("q.c", "blue")];
    for (let index = 0; index < 20; index++) client.publish("q.c", "x");
    await client.flush();
    const count = (inboxes: typeof plain): number =>
      inboxes.reduce((sum, inbox) => sum + inbox.arrived.length, 0);
    assert.equal(count(plain), 40);
    assert.equal(count(red), 20);
    assert.equal(count(blue), 20);
  });

  test("members that leave are no longer chosen", async () => {
    await using client = await RawClient.open(target.server);
    const staying = client.subscribe("q.d", "work");
    const leaving = client.subscribe("q.d", "work");
    client.unsubscribe(leaving);
    for (let index = 0; index < 20; index++) client.publish("q.d", "x");
    await client.flush();
    assert.equal(staying.arrived.length, 20);
    assert.equal(leaving.arrived.length, 0);
  });

  test("a member with a maximum leaves the group when it is reached", async () => {
    await using client = await RawClient.open(target.server);
    const once = client.subscribe("q.e", "work");
    client.unsubscribe(once, 1);
    const always = client.subscribe("q.e", "work");
    for (let index = 0; index < 50; index++) client.publish("q.e", "x");
    await client.flush();
    assert.ok(once.arrived.length <= 1);
    assert.equal(once.arrived.length + always.arrived.length, 50);
  });

  test("the group _sys_ is refused", async () => {
    await using client = await RawClient.open(target.server);
    client.send("SUB q.f _sys_ 1");
    assert.deepEqual(describeFrames(await client.flush()), [
      '-ERR Permissions Violation for Subscription to "q.f" using queue "_sys_"',
    ]);
  });
});
