import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { type PresenceRecord, PresenceRecords } from "@oxbow/platform";
import { MemphisDoor } from "../memphis/memphis-door.ts";
import { onEachTarget } from "../support/targets.ts";
import { NotifyBench } from "./notify-bench.ts";

onEachTarget("notifications about clients", (target) => {
  let bench: NotifyBench;

  beforeEach(async () => {
    bench = await NotifyBench.open(target.server);
    await bench.channel();
  });

  afterEach(async () => {
    await bench[Symbol.asyncDispose]();
    assert.deepEqual(bench.problems, []);
  });

  test("tell that one is gone, and that it is here again", async () => {
    await bench.rule({ when: "consumerGone", stations: ["ord*"] });
    await bench.rule({ when: "producerGone" }, "others");
    await bench.start();
    const records = await PresenceRecords.open(bench.service.client.nc);
    const now = new Date().toISOString();
    const here: PresenceRecord = {
      ...{ version: 1, state: "here", at: now, kind: "consumer", isAnnounced: true },
      ...{ name: "billing-1", station: "orders", group: "billing", library: "oxbow" },
      ...{ libraryVersion: "0.1.0", address: "127.0.0.1", user: null, firstSeenAt: now },
      ...{ lastSeenAt: null, how: null, remaining: null },
    };
    const first = await records.write("a", here, 0);
    const gone = { state: "gone", lastSeenAt: now, how: "lapsed", remaining: 2 } as const;
    const second = await records.write("a", { ...here, ...gone }, first.revision);
    const told = await bench.receiver.nextNotice();
    const { state, group, title, text } = told;
    assert.deepEqual([state, group], ["raised", "billing"]);
    assert.equal(title, "Consumer billing-1 of group billing of station orders is gone");
    assert.match(String(text), /^Nothing was heard of it any more.* 2 are left\. It came from 127/);
    await records.write("a", here, second.revision);
    const back = await bench.receiver.nextNotice();
    assert.deepEqual(
      [back["state"], back["title"]],
      ["recovered", "Consumer billing-1 of group billing of station orders is here again"],
    );
  });

  test("tell of a message that an SDK of Memphis does not send", async () => {
    const { control } = bench.service;
    await control.call("station.create", { station: "orders" }, {});
    const text = '{"type":"object","required":["id"]}';
    await control.call("schema.create", { schema: "order" }, { format: "json", text });
    await control.call("attachment.set", { station: "orders" }, { schema: "order" });
    await bench.rule({ when: "schemaRefused", quietMs: 0 });
    await bench.start();
    await using door = await MemphisDoor.open(target.server);
    const memphis = await door.connect();
    const message = { stationName: "orders", producerName: "shop", message: { name: 1 } };
    await assert.rejects(memphis.produce({ ...message, asyncProduce: false }));
    const notice = await bench.receiver.nextNotice();
    assert.equal(notice["title"], "A message did not fit the schema of station orders");
    assert.match(String(notice["text"]), /It came from shop\./);
    assert.equal(bench.receiver.count, 1);
  });

  test("tell of messages that did not fit and were let in, as the gate says", async () => {
    await bench.rule({ when: "schemaRefused", stations: ["orders"], quietMs: 0 });
    await bench.start();
    await bench.heard();
    const { nc } = bench.service.client;
    const said = { type: "io.oxbow.gate.v1.warning", station: "orders", schema: "order" };
    const wrong = { path: "/id", rule: "required", error: "id is missing", count: 3 };
    nc.publish("$OXBOW.EVENT.GATE.orders", JSON.stringify({ ...said, ...wrong }));
    nc.publish("$OXBOW.EVENT.GATE.orders", "nonsense");
    nc.publish("$OXBOW.EVENT.GATE.others", JSON.stringify({ ...said, station: "others" }));
    const { title, text, count } = await bench.receiver.nextNotice();
    assert.equal(title, "3 messages did not fit the schema order of station orders");
    assert.deepEqual([text, count], ["Id is missing at /id (required).", 3]);
  });
});
