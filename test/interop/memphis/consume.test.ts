import assert from "node:assert/strict";
import { test } from "node:test";
import { Groups } from "@oxbow/platform";
import { withDeadline } from "../support/deadline.ts";
import { openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";
import { fetch, MemphisDoor, type Message, refuses, take, textsOf } from "./memphis-door.ts";

onEachTarget("consumers of the Memphis SDK", (target) => {
  test("share the messages of a group, of which every group gets all", async () => {
    await using door = await MemphisDoor.open(target.server);
    const memphis = await door.connect();
    const producer = await memphis.producer({ stationName: "Shared.St", producerName: "p" });
    for (const message of ["1", "2", "3"]) await producer.produce({ message, asyncProduce: false });
    const of = { stationName: "Shared.St", consumerGroup: "Group.A" };
    const first = await memphis.consumer({ ...of, consumerName: "first" });
    const second = await memphis.consumer({ ...of, consumerName: "second" });
    const other = await memphis.consumer({ stationName: "shared.st", consumerName: "other" });
    assert.deepEqual(await take(first, 2), ["1", "2"]);
    assert.deepEqual(await take(second, 1), ["3"]);
    assert.deepEqual(await take(other, 3), ["1", "2", "3"]);
  });

  test("hear of messages by an event", async () => {
    await using door = await MemphisDoor.open(target.server);
    const memphis = await door.connect();
    const consumer = await memphis.consumer({ stationName: "events", consumerName: "c" });
    consumer.setContext({ key: "value" });
    const heard = new Promise<[Message, object]>((resolve) => {
      consumer.on("message", (message: Message, context: object) => resolve([message, context]));
    });
    const sentMs = Date.now();
    await memphis.produce({ stationName: "events", producerName: "p", message: "hello" });
    const [message, context] = await withDeadline(heard, () => "the message");
    assert.deepEqual(textsOf([message]), ["hello"]);
    assert.deepEqual(context, { key: "value" });
    assert.equal(message.getSequenceNumber(), 1);
    assert.ok(Math.abs(message.getTimeSent().getTime() - sentMs) < 60_000);
    message.ack();
  });

  test("get a message again that was not acknowledged", async () => {
    await using door = await MemphisDoor.open(target.server);
    const memphis = await door.connect();
    await memphis.station({ name: "again" });
    const consumer = await memphis.consumer({
      stationName: "again",
      consumerName: "c",
      maxAckTimeMs: 100,
      maxMsgDeliveries: 10,
    });
    await memphis.produce({ stationName: "again", producerName: "p", message: "x" });
    const next = async (): Promise<Message> => (await fetch(consumer, 1))[0] as Message;
    (await next()).nack();
    (await next()).delay(50);
    await next(); // Its time runs out.
    const last = await next();
    assert.equal(last.getSequenceNumber(), 1);
    last.ack();
  });

  test("start where they are told to", async () => {
    await using door = await MemphisDoor.open(target.server);
    const memphis = await door.connect();
    const producer = await memphis.producer({ stationName: "start", producerName: "p" });
    for (const message of ["1", "2", "3"]) await producer.produce({ message, asyncProduce: false });
    const at = async (consumerName: string, options: object): Promise<string[]> => {
      const consumer = await memphis.consumer({ stationName: "start", consumerName, ...options });
      if (consumerName === "new") await producer.produce({ message: "4", asyncProduce: false });
      return await take(consumer, 1);
    };
    assert.deepEqual(await at("second", { startConsumeFromSequence: 2 }), ["2"]);
    assert.deepEqual(await at("last", { lastMessages: 1 }), ["3"]);
    assert.deepEqual(await at("new", { lastMessages: 0 }), ["4"]);
    await refuses(
      memphis.consumer({ stationName: "start", consumerName: "no spaces" }),
      /are allowed in Consumer/,
    );
  });

  test("read all partitions, also of a station whose name has capitals", async () => {
    await using door = await MemphisDoor.open(target.server);
    const producing = await door.connect();
    await producing.station({ name: "Many.Parts", partitionsNumber: 3 });
    const producer = await producing.producer({ stationName: "Many.Parts", producerName: "p" });
    for (const message of ["1", "2", "3"]) await producer.produce({ message, asyncProduce: false });
    const memphis = await door.connect();
    // Alone on a connection the SDK does not know the partitions of such a station.
    const consumer = await memphis.consumer({ stationName: "Many.Parts", consumerName: "c" });
    assert.deepEqual((await take(consumer, 3)).sort(), ["1", "2", "3"]);
    // With capitals it needs no partition at all if there is one.
    await memphis.station({ name: "One.Part" });
    const alone = await memphis.consumer({ stationName: "One.Part", consumerName: "c" });
    await memphis.produce({ stationName: "One.Part", producerName: "p", message: "x" });
    assert.deepEqual(await take(alone, 1), ["x"]);
  });

  test("read the partition of a key", async () => {
    await using door = await MemphisDoor.open(target.server);
    const memphis = await door.connect();
    await memphis.station({ name: "keyed", partitionsNumber: 3 });
    const produce = { stationName: "keyed", producerName: "p", asyncProduce: false };
    await memphis.produce({ ...produce, message: "of a", producerPartitionKey: "a" });
    await memphis.produce({ ...produce, message: "of user-3", producerPartitionKey: "user-3" });
    const messages = await fetch(
      {
        fetch: ({ batchSize }) =>
          memphis.fetchMessages({
            stationName: "keyed",
            consumerName: "c",
            consumerPartitionKey: "a",
            batchSize,
          }),
      },
      1,
    );
    assert.deepEqual(textsOf(messages), ["of a"]);
    for (const message of messages) message.ack();
  });

  test("read what others have published, without headers", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const memphis = await door.connect();
    await memphis.station({ name: "mixed.in" });
    await client.js.publish("mixed#in", "plain");
    await client.js.publish("mixed#in.some.key", "keyed");
    const consumer = await memphis.consumer({ stationName: "mixed.in", consumerName: "c" });
    const messages = await fetch(consumer, 2);
    assert.deepEqual(textsOf(messages), ["plain", "keyed"]);
    assert.deepEqual(messages[0]?.getHeaders(), {});
  });

  test("leave a group, which goes with the last of them, wherever the others are", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using elsewhere = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const groups = await Groups.open(client.nc);
    const of = { stationName: "left.st", consumerGroup: "left.g" };
    const here = await (await door.connect()).consumer({ ...of, consumerName: "here" });
    const there = await (await elsewhere.connect()).consumer({ ...of, consumerName: "there" });
    await here.destroy();
    await here.destroy();
    assert.ok(await groups.find("left.st", "left.g"));
    await there.destroy();
    assert.equal(await groups.find("left.st", "left.g"), undefined);
  });

  test("have the settings that the last of them asks for", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const groups = await Groups.open(client.nc);
    const memphis = await door.connect();
    const of = { stationName: "settings", consumerGroup: "g" };
    await memphis.consumer({ ...of, consumerName: "a", maxAckTimeMs: 1_000 });
    await memphis.consumer({ ...of, consumerName: "b", maxAckTimeMs: 2_000, maxMsgDeliveries: 99 });
    const { settings } = await groups.get("settings", "g");
    assert.equal(settings.maxAckTimeMs, 2_000);
    assert.equal(settings.maxDeliveries, 10);
    assert.equal(settings.maxInFlight, null);
  });
});
