import assert from "node:assert/strict";
import { test } from "node:test";
import { nanos, RawJetStream } from "../support/jetstream-client.ts";
import { collect, openOfficialClient, rejectsWithCode } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

const ZERO_TIME = "0001-01-01T00:00:00Z";

onEachTarget("stream create, update, info and delete", (target) => {
  test("a new stream carries every default", async () => {
    await using client = await openOfficialClient(target.server);
    const info = await client.jsm.streams.add({ name: "DEFAULTS", subjects: ["defaults.>"] });
    const { metadata: _, ...config } = info.config;
    assert.deepEqual(withoutAbsent(config), {
      name: "DEFAULTS",
      subjects: ["defaults.>"],
      retention: "limits",
      max_consumers: -1,
      max_msgs: -1,
      max_bytes: -1,
      max_age: 0,
      max_msgs_per_subject: -1,
      max_msg_size: -1,
      discard: "old",
      storage: "file",
      num_replicas: 1,
      duplicate_window: nanos(120_000),
      compression: "none",
    });
    assert.deepEqual(info.state, {
      messages: 0,
      bytes: 0,
      first_seq: 0,
      first_ts: ZERO_TIME,
      last_seq: 0,
      last_ts: ZERO_TIME,
      consumer_count: 0,
    });
    assert.ok(Math.abs(Date.parse(info.created) - Date.now()) < 60_000);
  });

  test("a stream without subjects listens on its own name", async () => {
    await using client = await openOfficialClient(target.server);
    const info = await client.jsm.streams.add({ name: "UNNAMED" });
    assert.deepEqual(info.config.subjects, ["UNNAMED"]);
    assert.equal((await client.js.publish("UNNAMED", "x")).seq, 1);
  });

  test("creating it again with the same configuration gives the same stream", async () => {
    await using client = await openOfficialClient(target.server);
    const config = { name: "AGAIN", subjects: ["again.a", "again.b"], max_msgs: 5 };
    const first = await client.jsm.streams.add(config);
    await client.js.publish("again.a", "x");
    const second = await client.jsm.streams.add(config);
    assert.equal(second.created, first.created);
    assert.equal(second.state.messages, 1);
    assert.deepEqual(second.config, first.config);
  });

  test("creating it again with another configuration is refused", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "OTHER", subjects: ["other"] });
    await rejectsWithCode(
      client.jsm.streams.add({ name: "OTHER", subjects: ["elsewhere"] }),
      10058,
    );
  });

  test("description, metadata and limits are kept and given back", async () => {
    await using client = await openOfficialClient(target.server);
    const given = {
      name: "FULL",
      description: "a <full> & complete stream",
      subjects: ["full.>"],
      max_consumers: 3,
      max_msgs: 1000,
      max_bytes: 1_000_000,
      max_age: nanos(3_600_000),
      max_msg_size: 1024,
      max_msgs_per_subject: 10,
      discard: "new" as const,
      storage: "memory" as const,
      duplicate_window: nanos(30_000),
      allow_rollup_hdrs: true,
      allow_direct: true,
      deny_delete: true,
      metadata: { owner: "tests", "oxbow.station": "full" },
    };
    await client.jsm.streams.add(given);
    const { config } = await client.jsm.streams.info("FULL");
    for (const [name, value] of Object.entries(given)) {
      if (name === "metadata") continue;
      assert.deepEqual(config[name as keyof typeof config], value, name);
    }
    assert.equal(config.metadata?.["owner"], "tests");
    assert.equal(config.metadata?.["oxbow.station"], "full");
  });

  test("an update changes what it names", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "CHANGED", subjects: ["changed.a"], max_msgs: 10 });
    await client.js.publish("changed.a", "1");
    const updated = await client.jsm.streams.update("CHANGED", {
      subjects: ["changed.a", "changed.b"],
      max_msgs: 20,
      description: "new",
      metadata: { stage: "two" },
    });
    assert.deepEqual(updated.config.subjects, ["changed.a", "changed.b"]);
    assert.equal(updated.config.max_msgs, 20);
    assert.equal(updated.config.description, "new");
    assert.equal(updated.config.metadata?.["stage"], "two");
    assert.equal(updated.state.messages, 1);
    assert.equal((await client.js.publish("changed.b", "2")).seq, 2);
  });

  test("a subject taken away by an update is no longer captured", async () => {
    await using client = await openOfficialClient(target.server);
    await using raw = await RawJetStream.open(target.server);
    await client.jsm.streams.add({ name: "SHRUNK", subjects: ["shrunk.a", "shrunk.b"] });
    await client.jsm.streams.update("SHRUNK", { subjects: ["shrunk.a"] });
    const answer = await raw.client.request("shrunk.b", "x");
    assert.match(answer.header, /^NATS\/1\.0 503/);
    assert.equal((await client.js.publish("shrunk.a", "x")).seq, 1);
  });

  test("an update to tighter limits drops what is beyond them", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "TIGHT", subjects: ["tight"] });
    for (let index = 0; index < 10; index++) await client.js.publish("tight", String(index));
    const updated = await client.jsm.streams.update("TIGHT", { max_msgs: 3 });
    assert.equal(updated.config.max_msgs, 3);
    const { state } = await client.jsm.streams.info("TIGHT");
    assert.equal(state.messages, 3);
    assert.equal(state.first_seq, 8);
    assert.equal(state.last_seq, 10);
  });

  test("info counts messages, bytes, subjects and deleted messages", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "COUNTED", subjects: ["counted.*"] });
    for (const subject of ["counted.a", "counted.b", "counted.a", "counted.c"]) {
      await client.js.publish(subject, "12345");
    }
    await client.jsm.streams.deleteMessage("COUNTED", 2);
    await client.jsm.streams.deleteMessage("COUNTED", 3);
    const { state } = await client.jsm.streams.info("COUNTED", {
      deleted_details: true,
      subjects_filter: ">",
    });
    assert.equal(state.messages, 2);
    assert.equal(state.first_seq, 1);
    assert.equal(state.last_seq, 4);
    assert.equal(state.num_deleted, 2);
    assert.deepEqual(state.deleted, [2, 3]);
    assert.equal(state.num_subjects, 2);
    assert.deepEqual(state.subjects, { "counted.a": 1, "counted.c": 1 });
    assert.ok(state.bytes > 0);
    assert.ok(Date.parse(state.first_ts) <= Date.parse(state.last_ts));
  });

  test("subject details come only for subjects that match the filter", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("FILTERED", { subjects: ["filtered.>"] });
    for (const subject of ["filtered.a.x", "filtered.a.y", "filtered.b.x", "filtered.a.x"]) {
      await raw.publish(subject, "x");
    }
    const answer = await raw.streamInfo("FILTERED", { subjects_filter: "filtered.a.*" });
    assert.deepEqual(answer["state"].subjects, { "filtered.a.x": 2, "filtered.a.y": 1 });
    assert.equal(answer["total"], 2);
    assert.equal(answer["offset"], 0);
    assert.equal(answer["limit"], 100_000);
    const rest = await raw.streamInfo("FILTERED", { subjects_filter: "filtered.a.*", offset: 1 });
    assert.deepEqual(rest["state"].subjects, { "filtered.a.y": 1 });
    const plain = await raw.streamInfo("FILTERED");
    assert.equal(plain["state"].subjects, undefined);
    assert.equal(plain["state"].num_subjects, 3);
  });

  test("info says who leads and when it was asked", async () => {
    await using raw = await RawJetStream.open(target.server);
    await raw.createStream("LED", { subjects: ["led"] });
    const answer = await raw.streamInfo("LED");
    assert.equal(answer["cluster"].leader, raw.client.info["server_name"]);
    assert.ok(Math.abs(Date.parse(answer["ts"]) - Date.now()) < 60_000);
  });

  test("a deleted stream is gone, with its messages", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "DOOMED", subjects: ["doomed"] });
    await client.js.publish("doomed", "x");
    assert.equal(await client.jsm.streams.delete("DOOMED"), true);
    await rejectsWithCode(client.jsm.streams.info("DOOMED"), 10059);
    const fresh = await client.jsm.streams.add({ name: "DOOMED", subjects: ["doomed"] });
    assert.equal(fresh.state.messages, 0);
    assert.equal((await client.js.publish("doomed", "y")).seq, 1);
  });

  test("the stream of a subject is found by it", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "FOUND", subjects: ["found.>"] });
    assert.equal(await client.jsm.streams.find("found.a"), "FOUND");
    await rejectsWithCode(client.jsm.streams.find("lost.a"), 10059);
  });

  test("a stream of the official client's stream API answers", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "HANDLE", subjects: ["handle"] });
    const stream = await client.js.streams.get("HANDLE");
    assert.equal((await stream.info()).config.name, "HANDLE");
    assert.equal((await stream.best()).name, "HANDLE");
    assert.equal((await collect(client.jsm.streams.names("handle")))[0], "HANDLE");
  });
});

/** A configuration without the switches that are off, which servers of different age list or leave out. */
function withoutAbsent(config: object): object {
  return Object.fromEntries(
    Object.entries(config).filter(
      ([, value]) =>
        value !== false && !(typeof value === "object" && Object.keys(value).length === 0),
    ),
  );
}
