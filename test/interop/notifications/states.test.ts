import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { onEachTarget } from "../support/targets.ts";
import { NotifyBench } from "./notify-bench.ts";

const dayMs = 86_400_000;

onEachTarget("notifications of what is so for a while", (target) => {
  let bench: NotifyBench;

  beforeEach(async () => {
    bench = await NotifyBench.open(target.server);
    await bench.channel();
  });

  afterEach(async () => {
    await bench[Symbol.asyncDispose]();
    assert.deepEqual(bench.problems, []);
  });

  /** Title and state of the next one. */
  async function told(): Promise<string> {
    const { state, title } = await bench.lookUntilTold();
    return `${state}: ${title}`;
  }

  test("tell that a group is behind, once, and that it is no more", async () => {
    const { control, client } = bench.service;
    await control.call("station.create", { station: "orders" }, {});
    await control.call("group.create", { station: "orders", group: "billing" }, {});
    await control.call("group.create", { station: "orders", group: "other" }, {});
    await bench.rule({ when: "groupLag", groups: ["billing"], lagMessagesMax: 2 });
    for (const key of ["a", "b", "c"]) await client.js.publish(`orders.${key}`, "x");
    await bench.start();
    assert.equal(await told(), "raised: Group billing of station orders is behind");
    const consumer = await client.js.consumers.get("orders", "billing");
    for await (const message of await consumer.fetch({ max_messages: 3 })) await message.ackAck();
    assert.equal(await told(), "recovered: Fine again: Group billing of station orders is behind");
    assert.equal(bench.receiver.count, 2);
  });

  test("tell how long a group is behind", async () => {
    const { control, client } = bench.service;
    await control.call("station.create", { station: "orders" }, { partitions: 2 });
    await control.call("group.create", { station: "orders", group: "billing" }, {});
    await client.js.publish("orders$2.a", "x");
    const { ageMs } = await control.call("group.lag", { station: "orders", group: "billing" }, {});
    assert.ok(ageMs >= 0);
    await bench.rule({ when: "groupLag", lagMsMax: 1 });
    await bench.start();
    assert.equal(await told(), "raised: Group billing of station orders is behind");
  });

  test("tell that a station takes nothing, and that it does again", async () => {
    const { control, client } = bench.service;
    await control.call("station.create", { station: "orders" }, { maxAgeMs: 30 * dayMs });
    await client.js.publish("orders", "x");
    await bench.rule({ when: "stationIdle", stations: ["ord*"], idleMs: 3_600_000 });
    await bench.start();
    bench.clock.advance(3_700_000);
    assert.equal(await told(), "raised: Nothing comes into station orders");
  });

  test("tell that a station, a disk or a quota is almost full", async () => {
    const { control, client } = bench.service;
    const settings = { maxMessages: 10, discard: "new" } as const;
    await control.call("station.create", { station: "orders" }, settings);
    for (let each = 0; each < 9; each++) await client.js.publish("orders", "x");
    await bench.rule({ when: "storageFilling", fullPercent: 90 });
    let usedBytes = 95;
    await bench.start({ probes: { disk: () => Promise.resolve({ usedBytes, sizeBytes: 100 }) } });
    assert.deepEqual([await told(), await told()].sort(), [
      "raised: Station orders is 90 % full",
      "raised: The disk is 95 % full",
    ]);
    usedBytes = 10;
    await control.call("station.purge", { station: "orders" }, {});
    assert.deepEqual([await told(), await told()].sort(), [
      "recovered: Fine again: Station orders is 90 % full",
      "recovered: Fine again: The disk is 95 % full",
    ]);
  });

  test("tell that the server stores nothing, and that it does again", async () => {
    await bench.rule({ when: "engineUnhealthy" });
    let problem: string | undefined;
    await bench.start({ probes: { health: () => problem } });
    problem = "the disk is gone";
    const { state, text } = await bench.lookUntilTold();
    assert.deepEqual([state, text], ["raised", "the disk is gone"]);
    problem = undefined;
    assert.equal(await told(), "recovered: Fine again: The server does not store messages");
  });
});
