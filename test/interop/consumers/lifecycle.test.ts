import assert from "node:assert/strict";
import { test } from "node:test";
import { nanos, RawJetStream } from "../support/jetstream-client.ts";
import { collect, openOfficialClient, rejectsWithCode } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("consumer create, update, info, list and delete", (target) => {
  test("a new durable consumer carries every default", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("DEFAULTS", { subjects: ["defaults.*"] });
    await raw.publishAll("defaults.a", ["1", "2", "3"]);
    const answer = await raw.ok("CONSUMER.CREATE.DEFAULTS.c", {
      stream_name: "DEFAULTS",
      config: { durable_name: "c", ack_policy: "explicit" },
    });
    const { metadata: _, ...config } = answer["config"];
    assert.deepEqual(config, {
      durable_name: "c",
      name: "c",
      deliver_policy: "all",
      ack_policy: "explicit",
      ack_wait: nanos(30_000),
      max_deliver: -1,
      replay_policy: "instant",
      max_waiting: 512,
      max_ack_pending: 1000,
      num_replicas: 0,
    });
    assert.equal(answer["stream_name"], "DEFAULTS");
    assert.equal(answer["name"], "c");
    assert.deepEqual(answer["delivered"], { consumer_seq: 0, stream_seq: 0 });
    assert.deepEqual(answer["ack_floor"], { consumer_seq: 0, stream_seq: 0 });
    assert.equal(answer["num_pending"], 3);
    for (const field of ["num_ack_pending", "num_redelivered", "num_waiting"]) {
      assert.equal(answer[field], 0, field);
    }
    assert.ok(Math.abs(Date.parse(answer["created"]) - Date.now()) < 60_000);
  });

  test("a consumer with a name only is ephemeral", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "NAMED" });
    const info = await client.jsm.consumers.add("NAMED", { name: "c", ack_policy: "explicit" });
    assert.equal(info.name, "c");
    assert.equal(info.config.durable_name, undefined);
    assert.equal(info.config.inactive_threshold, nanos(5000));
  });

  test("a consumer without a name gets one", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("UNNAMED");
    const create = (): Promise<Record<string, unknown>> =>
      raw.ok("CONSUMER.CREATE.UNNAMED", {
        stream_name: "UNNAMED",
        config: { ack_policy: "explicit" },
      });
    const [first, second] = [await create(), await create()];
    assert.match(String(first["name"]), /^[A-Za-z0-9]{8,}$/);
    assert.notEqual(first["name"], second["name"]);
  });

  test("the older subject for durable consumers works as well", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("OLDER", { subjects: ["older"] });
    await raw.publishAll("older", ["1"]);
    const answer = await raw.ok("CONSUMER.DURABLE.CREATE.OLDER.c", {
      stream_name: "OLDER",
      config: { durable_name: "c", ack_policy: "explicit" },
    });
    assert.equal(answer["name"], "c");
    assert.equal((await raw.pull("OLDER", "c").next()).body.toString(), "1");
  });

  test("a filter may stand in the subject of the request", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("INSUBJECT", { subjects: ["insubject.>"] });
    const answer = await raw.ok("CONSUMER.CREATE.INSUBJECT.c.insubject.a.>", {
      stream_name: "INSUBJECT",
      config: { name: "c", ack_policy: "explicit", filter_subject: "insubject.a.>" },
    });
    assert.equal(answer["config"].filter_subject, "insubject.a.>");
  });

  test("description, metadata and limits are kept and given back", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "FULL", subjects: ["full.>"] });
    const given = {
      durable_name: "c",
      description: "reads <everything> & more",
      ack_policy: "explicit" as const,
      ack_wait: nanos(12_000),
      max_deliver: 7,
      max_ack_pending: 55,
      max_waiting: 11,
      max_batch: 22,
      max_bytes: 3333,
      max_expires: nanos(44_000),
      inactive_threshold: nanos(60_000),
      filter_subject: "full.a",
      headers_only: true,
      metadata: { owner: "tests" },
    };
    await client.jsm.consumers.add("FULL", given);
    const { config } = await client.jsm.consumers.info("FULL", "c");
    for (const [name, value] of Object.entries(given)) {
      if (name === "metadata") continue;
      assert.deepEqual(config[name as keyof typeof config], value, name);
    }
    assert.equal(config.metadata?.["owner"], "tests");
  });

  test("creating it again with the same configuration gives the same consumer", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "AGAIN" });
    await client.js.publish("AGAIN", "1");
    const config = { durable_name: "c", ack_policy: "explicit" as const };
    const first = await client.jsm.consumers.add("AGAIN", config);
    const consumer = await client.js.consumers.get("AGAIN", "c");
    (await consumer.next())?.ack();
    const second = await client.jsm.consumers.add("AGAIN", config);
    assert.equal(second.created, first.created);
    assert.equal(second.delivered.stream_seq, 1);
  });

  test("an update changes ack wait, limits, description and filter", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "UPDATED", subjects: ["updated.*"] });
    await client.js.publish("updated.a", "1");
    await client.js.publish("updated.b", "2");
    await client.jsm.consumers.add("UPDATED", {
      durable_name: "c",
      ack_policy: "explicit",
      filter_subject: "updated.a",
    });
    const updated = await client.jsm.consumers.update("UPDATED", "c", {
      ack_wait: nanos(1000),
      max_deliver: 4,
      max_ack_pending: 2,
      description: "new",
      filter_subject: "updated.*",
      metadata: { stage: "two" },
    });
    assert.equal(updated.config.ack_wait, nanos(1000));
    assert.equal(updated.config.max_deliver, 4);
    assert.equal(updated.config.max_ack_pending, 2);
    assert.equal(updated.config.description, "new");
    assert.equal(updated.config.filter_subject, "updated.*");
    assert.equal(updated.config.metadata?.["stage"], "two");
    assert.equal((await client.jsm.consumers.info("UPDATED", "c")).num_pending, 2);
  });

  test("names and list come in pages, sorted", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("PAGES");
    const expected = Array.from({ length: 260 }, (_, index) => `c${1000 + index}`);
    for (const name of expected) await raw.createConsumer("PAGES", name, { mem_storage: true });
    const names = await raw.ok("CONSUMER.NAMES.PAGES", { offset: 0 });
    assert.deepEqual(names["consumers"], expected);
    assert.deepEqual([names["total"], names["offset"], names["limit"]], [260, 0, 1024]);
    const list = await raw.ok("CONSUMER.LIST.PAGES", { offset: 256 });
    assert.deepEqual([list["total"], list["offset"], list["limit"]], [260, 256, 256]);
    const infos: { name: string }[] = list["consumers"];
    assert.deepEqual(
      infos.map((info) => info.name),
      expected.slice(256),
    );
    const { state } = (await raw.streamInfo("PAGES")) as unknown as {
      state: { consumer_count: number };
    };
    assert.equal(state.consumer_count, 260);
    await using client = await openOfficialClient(target.server);
    assert.equal((await collect(client.jsm.consumers.list("PAGES"))).length, 260);
  });

  test("a deleted consumer is gone, and its name starts anew", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "DELETED" });
    await client.js.publish("DELETED", "1");
    const config = { durable_name: "c", ack_policy: "explicit" as const };
    await client.jsm.consumers.add("DELETED", config);
    (await (await client.js.consumers.get("DELETED", "c")).next())?.ack();
    assert.equal(await client.jsm.consumers.delete("DELETED", "c"), true);
    await rejectsWithCode(client.jsm.consumers.info("DELETED", "c"), 10014);
    await rejectsWithCode(client.jsm.consumers.delete("DELETED", "c"), 10014);
    const fresh = await client.jsm.consumers.add("DELETED", config);
    assert.deepEqual([fresh.delivered.stream_seq, fresh.num_pending], [0, 1]);
  });

  test("consumers go with their stream", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "PARENT" });
    await client.jsm.consumers.add("PARENT", { durable_name: "c", ack_policy: "explicit" });
    await client.jsm.streams.delete("PARENT");
    await rejectsWithCode(client.jsm.consumers.info("PARENT", "c"), 10059);
  });

  test("info follows deliveries and acks", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("FOLLOWED", { subjects: ["followed"] });
    await raw.publishAll("followed", ["1", "2", "3", "4"]);
    await raw.createConsumer("FOLLOWED", "c");
    const messages = await raw.pull("FOLLOWED", "c", { batch: 3 }).take(3);
    await raw.ackSync(messages[0]?.reply);
    await raw.ackSync(messages[2]?.reply);
    const info = await raw.consumerInfo("FOLLOWED", "c");
    assert.deepEqual(sequences(info["delivered"]), [3, 3]);
    assert.deepEqual(sequences(info["ack_floor"]), [1, 1]);
    assert.equal(info["num_ack_pending"], 1);
    assert.equal(info["num_pending"], 1);
    assert.ok(Date.parse(info["delivered"].last_active) > 0);
    await raw.ackSync(messages[1]?.reply);
    const later = await raw.consumerInfo("FOLLOWED", "c");
    assert.deepEqual(sequences(later["ack_floor"]), [3, 3]);
    assert.equal(later["num_ack_pending"], 0);
  });

  test("info counts requests that wait", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("WAITED");
    await raw.createConsumer("WAITED", "c");
    raw.pull("WAITED", "c", { batch: 1, expires: nanos(20_000) });
    raw.pull("WAITED", "c", { batch: 5, expires: nanos(20_000) });
    await raw.untilWaiting("WAITED", "c", 2);
  });
});

function sequences(info: { consumer_seq: number; stream_seq: number }): [number, number] {
  return [info.consumer_seq, info.stream_seq];
}
