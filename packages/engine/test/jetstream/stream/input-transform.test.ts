import assert from "node:assert/strict";
import { test } from "node:test";
import { withJetStream } from "../support/test-jetstream.ts";

const config = {
  name: "S",
  subjects: ["s.*.*"],
  subject_transform: { src: "s.*.*", dest: "stored.{{wildcard(2)}}.$1" },
};

test("messages are stored under the subject that the transform makes", () =>
  withJetStream(async (server) => {
    await server.ok("STREAM.CREATE.S", { ...config, max_msgs_per_subject: 1 });
    await server.publish("s.a.b", "1");
    await server.publish("s.a.b", "2", { "Nats-Expected-Last-Subject-Sequence": "1" });
    const info = await server.ok("STREAM.INFO.S", { subjects_filter: ">" });
    assert.deepEqual(info.state.subjects, { "stored.b.a": 1 });
    await server.createConsumer("S", "c", { filter_subject: "stored.b.>" });
    const message = await server.pull("S", "c").next();
    assert.deepEqual([message.subject, message.payload], ["stored.b.a", "2"]);
  }));

test("what the transform does not speak of keeps its subject", () =>
  withJetStream(async (server) => {
    await server.ok("STREAM.CREATE.S", {
      ...config,
      subject_transform: { src: "s.x.*", dest: "stored.$1" },
    });
    await server.publish("s.a.b");
    await server.publish("s.x.b");
    const info = await server.ok("STREAM.INFO.S", { subjects_filter: ">" });
    assert.deepEqual(info.state.subjects, { "s.a.b": 1, "stored.b": 1 });
  }));

test("republishing, rollups and interest go by the stored subject", () =>
  withJetStream(async (server) => {
    await server.ok("STREAM.CREATE.S", {
      ...config,
      retention: "interest",
      allow_rollup_hdrs: true,
      republish: { src: "stored.*.*", dest: "out.$1" },
    });
    await server.createConsumer("S", "c", { filter_subject: "stored.b.*" });
    const inbox = server.subscribe("out.>");
    await server.publish("s.a.b", "1");
    await server.publish("s.b.a", "2");
    await server.publish("s.a.b", "3", { "Nats-Rollup": "sub" });
    const { messages, first_seq } = (await server.ok("STREAM.INFO.S")).state;
    assert.deepEqual([messages, first_seq], [1, 3]);
    const headers = inbox.rest().map((message) => message.headers.get("Nats-Subject"));
    assert.deepEqual(headers, ["stored.b.a", "stored.b.a"]);
  }));

test("a transform comes, changes and goes with updates and stays through a crash", () =>
  withJetStream(async (server) => {
    const { subject_transform, ...plain } = config;
    await server.ok("STREAM.CREATE.S", plain);
    await server.publish("s.a.b");
    await server.ok("STREAM.UPDATE.S", { ...plain, subject_transform });
    const next = await server.crash();
    await next.publish("s.a.b");
    await next.ok("STREAM.UPDATE.S", plain);
    await next.publish("s.a.b");
    const info = await next.ok("STREAM.INFO.S", { subjects_filter: ">" });
    assert.deepEqual(info.state.subjects, { "s.a.b": 2, "stored.b.a": 1 });
    return next;
  }));
