import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/deadline.ts";
import { openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";
import { MemphisDoor, refuses } from "./memphis-door.ts";

onEachTarget("producers of the Memphis SDK", (target) => {
  test("make the station that they produce to", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const memphis = await door.connect();
    const producer = await memphis.producer({ stationName: "Made.Here", producerName: "P" });
    await producer.produce({ message: "sync", asyncProduce: false, headers: { key: "value" } });
    await producer.produce({ message: { async: true } });
    const info = await eventually("the second message", async () => {
      const { state } = await client.jsm.streams.info("made#here");
      return state.messages === 2 ? state : undefined;
    });
    assert.equal(info.last_seq, 2);
    const stored = await client.jsm.streams.getMessage("made#here", { seq: 1 });
    assert.equal(stored?.string(), "sync");
    assert.equal(stored?.header.get("key"), "value");
    assert.equal(stored?.header.get("$memphis_producedBy"), "p");
    assert.equal(stored?.header.get("$memphis_connectionId"), memphis.connectionId);
  });

  test("take turns with partitions, or choose one", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const memphis = await door.connect();
    await memphis.station({ name: "parts", partitionsNumber: 3 });
    const producer = await memphis.producer({ stationName: "parts", producerName: "p" });
    const counts = async (): Promise<number[]> => {
      const all: number[] = [];
      for (const partition of [1, 2, 3]) {
        all.push((await client.jsm.streams.info(`parts$${partition}`)).state.messages);
      }
      return all;
    };
    for (let count = 0; count < 4; count++) {
      await producer.produce({ message: "turn", asyncProduce: false });
    }
    assert.deepEqual(await counts(), [2, 1, 1]);
    await producer.produce({ message: "x", asyncProduce: false, producerPartitionNumber: 2 });
    assert.deepEqual(await counts(), [2, 2, 1]);
    // What the SDK calls partition 0, of the key "a", is the last one.
    for (const producerPartitionKey of ["a", "a", "user-3", "user-1"]) {
      await producer.produce({ message: "key", asyncProduce: false, producerPartitionKey });
    }
    assert.deepEqual(await counts(), [3, 3, 3]);
  });

  test("store a message once that has an id", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const memphis = await door.connect();
    const once = { stationName: "once", producerName: "p", message: "x", asyncProduce: false };
    await memphis.produce({ ...once, msgId: "1" });
    await memphis.produce({ ...once, msgId: "1" });
    await memphis.produce({ ...once, msgId: "2" });
    assert.equal((await client.jsm.streams.info("once")).state.messages, 2);
  });

  test("produce to several stations, under a name of their own", async () => {
    await using door = await MemphisDoor.open(target.server);
    await using client = await openOfficialClient(target.server);
    const memphis = await door.connect();
    const producer = await memphis.producer({ stationName: ["one", "two"], producerName: "p" });
    await producer.produce({ message: "both", asyncProduce: false });
    for (const stream of ["one", "two"]) {
      assert.equal((await client.jsm.streams.info(stream)).state.messages, 1);
    }
    const unique = { stationName: "one", producerName: "p", genUniqueSuffix: true };
    await (await memphis.producer(unique)).produce({ message: "unique", asyncProduce: false });
    const stored = await client.jsm.streams.getMessage("one", { seq: 2 });
    assert.match(stored?.header.get("$memphis_producedBy") ?? "", /^p_[0-9a-f]{8}$/);
    await producer.destroy();
    await producer.destroy();
  });

  test("hear what goes wrong, and stay connected", async () => {
    await using door = await MemphisDoor.open(target.server);
    const memphis = await door.connect();
    const station = await memphis.station({ name: "gone" });
    const producer = await memphis.producer({ stationName: "gone", producerName: "p" });
    const large = Buffer.alloc(1024 * 1024 + 1);
    await refuses(producer.produce({ message: large, asyncProduce: false }), /MAX_PAYLOAD/);
    await station.destroy();
    await refuses(
      producer.produce({ message: "late", asyncProduce: false }),
      /check whether Station\/Producer still exist/,
    );
    await refuses(
      memphis.producer({ stationName: "gone", producerName: "no spaces" }),
      /are allowed in Producer/,
    );
    assert.equal(memphis.isConnected(), true);
    await memphis.produce({
      stationName: "other",
      producerName: "p",
      message: "x",
      asyncProduce: false,
    });
  });
});
