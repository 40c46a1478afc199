import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { type JetStreamManager, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import { Stations } from "@oxbow/platform";
import { deleteStreams } from "../support/delete-streams.ts";
import { type OfficialClient, openOfficialClient } from "../support/official-client.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";

const dayMs = 24 * 60 * 60 * 1000;

onEachTarget("stations", (target) => {
  let client: OfficialClient;
  let manager: JetStreamManager;
  let stations: Stations;

  beforeEach(async () => {
    client = await openOfficialClient(target.server);
    manager = client.jsm;
    stations = await Stations.open(client.nc);
  });

  afterEach(async () => {
    await deleteStreams(client, target.server);
    await client[Symbol.asyncDispose]();
  });

  async function publish(subject: string, payload = "x"): Promise<string> {
    const ack = await client.js.publish(subject, payload);
    return ack.stream;
  }

  test("is made with defaults, and takes what any client publishes to it", async () => {
    const station = await stations.create("Orders");
    assert.equal(station.name, "orders");
    assert.equal(station.isManaged, true);
    assert.deepEqual(station.problems, []);
    assert.equal(station.settings.maxAgeMs, 7 * dayMs);
    assert.equal(await publish("orders"), "orders");
    assert.equal(await publish("orders.customer-1.new"), "orders");
    const { messages, bytes, partitions } = await stations.get("orders");
    assert.equal(messages, 2);
    assert.ok(bytes > 0);
    assert.equal(partitions[0]?.lastSequence, 2);
  });

  test("with a dot in its name keeps clear of the station before the dot", async () => {
    await stations.create("prod");
    await stations.create("prod.orders");
    assert.equal(await publish("prod.orders"), "prod");
    assert.equal(await publish("prod#orders.new"), "prod#orders");
    assert.equal((await stations.get("prod.orders")).messages, 1);
  });

  test("has partitions, each with its share of the limits", async () => {
    const station = await stations.create("events", { partitions: 3, maxMessages: 10 });
    assert.deepEqual(
      station.partitions.map(({ stream }) => stream),
      ["events$1", "events$2", "events$3"],
    );
    assert.equal(station.settings.maxMessages, 10);
    const { config } = await manager.streams.info("events$2");
    assert.equal(config.max_msgs, 4);
    assert.equal(await publish("events$2.a"), "events$2");
  });

  test("keeps what every setting says", async () => {
    const settings = {
      description: "what is ordered",
      tags: ["billing", "eu"],
      storage: "memory",
      replicas: 1,
      partitions: 2,
      maxAgeMs: 60_000,
      maxMessages: 1_000,
      maxBytes: 1_000_001,
      untilAcknowledged: true,
      discard: "new",
      keepPerKey: 3,
      messageBytesMax: 1_000,
      duplicatesBy: "content",
      duplicateWindowMs: 30_000,
      deadLetterReasons: ["terminated", "refused"],
      deadLetterMaxAgeMs: 60_000,
      deadLetterStation: "graves",
    } as const;
    await stations.create("all", settings);
    assert.deepEqual((await stations.get("all")).settings, settings);
  });

  test("remembers ids as long as it keeps messages, whatever that is", async () => {
    await stations.create("ids", { maxAgeMs: 60_000, duplicateWindowMs: null });
    const windowOf = async () => (await manager.streams.info("ids")).config.duplicate_window;
    assert.equal(await windowOf(), 60_000 * 1e6);
    const edited = await stations.edit("ids", { maxAgeMs: 0 });
    assert.equal(edited.settings.duplicateWindowMs, null);
    assert.equal(await windowOf(), 100 * 365 * dayMs * 1e6);
    for (const isDuplicate of [false, true]) {
      const { duplicate } = await client.js.publish("ids", "x", { msgID: "1" });
      assert.equal(duplicate, isDuplicate);
    }
    assert.equal((await stations.edit("ids", { duplicateWindowMs: 100 })).messages, 1);
    assert.equal(await windowOf(), 100 * 1e6);
  });

  test("begins and ends to keep messages until all groups have acknowledged them", async () => {
    await stations.create("held");
    await manager.consumers.add("held", { durable_name: "billing", ack_policy: "explicit" });
    for (const payload of ["1", "2"]) await publish("held", payload);
    const billing = await client.js.consumers.get("held", "billing");
    await (await billing.next())?.ackAck();
    assert.equal((await stations.get("held")).messages, 2);
    const edited = await stations.edit("held", { untilAcknowledged: true });
    assert.equal(edited.settings.untilAcknowledged, true);
    await (await billing.next())?.ackAck();
    assert.equal((await stations.get("held")).messages, 0);
    await stations.edit("held", { untilAcknowledged: false });
    await publish("held", "3");
    await (await billing.next())?.ackAck();
    assert.equal((await stations.get("held")).messages, 1);
  });

  test("made again with the same settings stays as it is, with others is refused", async () => {
    await stations.create("orders", { maxMessages: 5 });
    await publish("orders");
    assert.equal((await stations.create("ORDERS", { maxMessages: 5 })).messages, 1);
    await refuses(stations.create("orders"), "STATION_EXISTS", /with other settings: edit it/);
  });

  test("can be edited while it is in use", async () => {
    await stations.create("orders", { partitions: 2 });
    await publish("orders$1.a");
    const edited = await stations.edit("orders", { maxAgeMs: 0, keepPerKey: 1, description: "d" });
    assert.deepEqual(edited.problems, []);
    assert.equal(edited.settings.maxAgeMs, 0);
    assert.equal(edited.settings.keepPerKey, 1);
    assert.equal(edited.messages, 1);
    await refuses(stations.edit("orders", { partitions: 3 }), "STATION_FIXED", /from 2 to 3/);
    await refuses(stations.edit("orders", { storage: "memory" }), "STATION_FIXED", /from file/);
    await refuses(stations.edit("orders", { discard: "new" }), "STATION_FIXED", /delivered later/);
    await stations.create("strict", { discard: "new" });
    assert.equal((await stations.edit("strict", { discard: "old" })).settings.discard, "old");
    await refuses(stations.edit("nothing", {}), "STATION_NOT_FOUND", /no station nothing/);
  });

  test("is purged whole, by partition, by key, and by message", async () => {
    await stations.create("orders", { partitions: 2 });
    for (const subject of ["orders$1.a", "orders$1.b", "orders$2.a", "orders$2.b"]) {
      await publish(subject);
    }
    assert.equal(await stations.purge("orders", { key: "a", partition: 1 }), 1);
    assert.equal(await stations.removeMessage("orders", 2, 1), true);
    assert.equal(await stations.removeMessage("orders", 2, 1), false);
    assert.equal(await stations.removeMessage("orders", 2, 99), false);
    assert.equal(await stations.purge("orders"), 2);
    await refuses(
      stations.purge("orders", { partition: 3 }),
      "STATION_INVALID",
      /there are 1 to 2/,
    );
    await refuses(stations.removeMessage("orders", 0, 1), "STATION_INVALID", /no partition 0/);
  });

  test("is deleted with everything of it", async () => {
    await stations.create("orders", { partitions: 3 });
    assert.equal(await stations.delete("orders"), true);
    assert.equal(await stations.delete("orders"), false);
    assert.deepEqual(await stations.list(), []);
  });

  test("are listed with the streams of plain clients, without buckets", async () => {
    await stations.create("b", { partitions: 2 });
    await stations.create("a");
    await manager.streams.add({ name: "LEGACY", subjects: ["legacy.>"] });
    await manager.streams.add({ name: "KV_bucket", subjects: ["$KV.bucket.>"] });
    const listed = await stations.list();
    assert.deepEqual(
      listed.map(({ name, isManaged }) => [name, isManaged]),
      [
        ["LEGACY", false],
        ["a", true],
        ["b", true],
      ],
    );
  });

  test("that a plain client made is found by the name it has there", async () => {
    await stations.create("legacy");
    await manager.streams.add({ name: "LEGACY", subjects: ["old.>"] });
    await manager.streams.add({ name: "KV_b", subjects: ["$KV.b.>"] });
    assert.equal(await stations.find("KV_b"), undefined);
    await publish("old.a");
    assert.equal((await stations.get("LEGACY")).isManaged, false);
    assert.equal((await stations.get("Legacy")).isManaged, true);
    assert.equal((await stations.edit("LEGACY", { maxMessages: 9 })).settings.maxMessages, 9);
    assert.equal(await stations.purge("LEGACY", { key: "old.b" }), 0);
    assert.equal(await stations.purge("LEGACY", { key: "old.>" }), 1);
    assert.equal(await stations.delete("LEGACY"), true);
    assert.equal((await stations.get("LEGACY")).name, "legacy");
  });

  test("that a plain client made keeps what is not changed", async () => {
    const queue = { name: "QUEUE", subjects: ["queue.>"], metadata: { team: "a" } };
    const retention = RetentionPolicy.Workqueue;
    await manager.streams.add({ ...queue, retention, max_age: 60_000 * 1e6 });
    const { config: before } = await manager.streams.info("QUEUE");
    await stations.edit("QUEUE", { maxMessages: 9, description: "d" });
    const { config: after } = await manager.streams.info("QUEUE");
    assert.deepEqual(after, { ...before, max_msgs: 9, description: "d" });
    for (const changes of [
      { tags: ["a"] },
      { duplicatesBy: "content" },
      { duplicateWindowMs: null },
    ] as const) {
      await refuses(stations.edit("QUEUE", changes), "STATION_FIXED", /belongs to a plain client/);
    }
  });

  test("that was left half made or half deleted shows it, and is healed by doing it again", async () => {
    // In memory, as nats-server can bring back what was deleted twice within a moment (see deleteStreams).
    const settings = { partitions: 3, storage: "memory" } as const;
    await stations.create("orders", settings);
    await manager.streams.delete("orders$3");
    await manager.streams.update("orders$2", { max_age: 1e9, duplicate_window: 1e9 });
    assert.deepEqual((await stations.get("orders")).problems, [
      "partition 3 is missing",
      "partition 2 has other settings than the first",
    ]);
    assert.deepEqual((await stations.edit("orders", {})).problems, []);
    await manager.streams.delete("orders$3");
    assert.deepEqual((await stations.create("orders", settings)).problems, []);
    await manager.streams.delete("orders$1");
    assert.equal(await stations.find("orders"), undefined);
    assert.equal(await stations.delete("orders"), true);
    assert.deepEqual(await Array.fromAsync(manager.streams.names()), []);
  });

  test("whose deletion was cut off says so, and nothing is made of what is left", async () => {
    await stations.create("orders", { partitions: 3 });
    await client.js.publish("orders$3", "x");
    const request = client.nc.request.bind(client.nc);
    client.nc.request = (subject, ...rest) =>
      subject === "$JS.API.STREAM.DELETE.orders$3"
        ? Promise.reject(new Error("cut off"))
        : request(subject, ...rest);
    await assert.rejects(stations.delete("orders"), /cut off/);
    client.nc.request = request;
    const station = await stations.get("orders");
    assert.deepEqual(station.problems, ["its deletion is not finished"]);
    const again = /being deleted: delete it again/;
    await refuses(stations.create("orders", { partitions: 3 }), "STATION_EXISTS", again);
    await refuses(stations.edit("orders", {}), "STATION_FIXED", again);
    assert.equal(await stations.delete("orders"), true);
    assert.equal((await stations.create("orders", { partitions: 3 })).messages, 0);
  });

  test("that cannot be is refused with what to do", async () => {
    await refuses(stations.create(""), "STATION_INVALID", /needs a name/);
    await refuses(stations.create("a b"), "STATION_INVALID", /use letters, digits/);
    await refuses(stations.create(".a"), "STATION_INVALID", /begin and end/);
    await refuses(stations.create("a..b"), "STATION_INVALID", /no two dots/);
    await refuses(stations.create("x".repeat(129)), "STATION_INVALID", /has 129 characters/);
    await refuses(stations.create("a", { partitions: 0 }), "STATION_INVALID", /partitions: /);
    await refuses(
      stations.create("a", { retention: 5 } as object),
      "STATION_INVALID",
      /no setting retention/,
    );
    await refuses(
      stations.create("a", { maxAgeMs: 1_000, duplicateWindowMs: 5_000 }),
      "STATION_INVALID",
      /longer than messages are kept/,
    );
    await refuses(stations.create("a", { tags: ["a,b"] }), "STATION_INVALID", /tags.0: a tag is/);
    await refuses(stations.create("a", { replicas: 3 }), "STATION_UNAVAILABLE", /replicas/);
    await manager.streams.add({ name: "X", subjects: ["taken.>"], storage: StorageType.Memory });
    await refuses(stations.create("taken"), "STATION_EXISTS", /belong to another stream/);
  });
});
