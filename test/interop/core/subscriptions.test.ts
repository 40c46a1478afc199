import assert from "node:assert/strict";
import { test } from "node:test";
import { texts } from "../support/inbox.ts";
import { describeFrames, RawClient } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("SUB and UNSUB", (target) => {
  test("UNSUB ends the subscription", async () => {
    await using client = await RawClient.open(target.server);
    const inbox = client.subscribe("unsub.a");
    client.publish("unsub.a", "1");
    client.unsubscribe(inbox);
    client.publish("unsub.a", "2");
    await client.flush();
    assert.deepEqual(texts(inbox.arrived), ["1"]);
  });

  test("UNSUB with a maximum ends it after that many messages", async () => {
    await using client = await RawClient.open(target.server);
    const inbox = client.subscribe("unsub.b");
    client.unsubscribe(inbox, 2);
    for (const body of ["1", "2", "3"]) client.publish("unsub.b", body);
    await client.flush();
    assert.deepEqual(texts(inbox.arrived), ["1", "2"]);
  });

  test("the maximum counts messages delivered before UNSUB", async () => {
    await using client = await RawClient.open(target.server);
    const inbox = client.subscribe("unsub.c");
    client.publish("unsub.c", "1");
    client.unsubscribe(inbox, 2);
    client.publish("unsub.c", "2");
    client.publish("unsub.c", "3");
    await client.flush();
    assert.deepEqual(texts(inbox.arrived), ["1", "2"]);
  });

  test("a maximum already reached ends the subscription at once", async () => {
    await using client = await RawClient.open(target.server);
    const inbox = client.subscribe("unsub.d");
    client.publish("unsub.d", "1");
    client.publish("unsub.d", "2");
    client.unsubscribe(inbox, 1);
    client.publish("unsub.d", "3");
    await client.flush();
    assert.deepEqual(texts(inbox.arrived), ["1", "2"]);
  });

  test("UNSUB of a sid nobody knows is ignored", async () => {
    await using client = await RawClient.open(target.server);
    client.send("UNSUB 77", "UNSUB 78 5");
    assert.deepEqual(await client.flush(), []);
  });

  test("a sid in use stays with its first subject", async () => {
    await using client = await RawClient.open(target.server);
    client.send("SUB sid.a 1", "SUB sid.b 1");
    client.publish("sid.a", "x");
    client.publish("sid.b", "y");
    assert.deepEqual(describeFrames(await client.flush()), ["MSG sid.a sid=1 x"]);
  });

  test("a sid may be any word", async () => {
    await using client = await RawClient.open(target.server);
    client.send("SUB sid.word left-hand");
    client.publish("sid.word", "x");
    assert.deepEqual(describeFrames(await client.flush()), ["MSG sid.word sid=left-hand x"]);
  });

  test("the reply subject is passed on", async () => {
    await using client = await RawClient.open(target.server);
    const inbox = client.subscribe("reply.a");
    client.publish("reply.a", "x", { reply: "answer.here" });
    client.publish("reply.a", "y");
    await client.flush();
    assert.deepEqual(
      inbox.arrived.map((message) => message.reply),
      ["answer.here", undefined],
    );
  });

  test("a connection that ends takes its subscriptions with it", async () => {
    await using client = await RawClient.open(target.server);
    const leaving = await RawClient.open(target.server);
    leaving.subscribe("gone");
    await leaving.flush();
    await leaving.close();
    await client.untilNobodyListens("gone");
  });
});
