import assert from "node:assert/strict";
import { test } from "node:test";
import { takeArchive } from "./support/archives.ts";
import { type TestJetStream, withJetStream } from "./support/test-jetstream.ts";

/** Begins to restore; returns where the chunks go. */
async function beginRestore(server: TestJetStream, stream: string): Promise<string> {
  const config = { name: stream, subjects: [`${stream}.>`] };
  const answer = await server.ok(`STREAM.RESTORE.${stream}`, { config, state: {} });
  return String(answer.deliver_subject);
}

test("what a crash leaves of a restore is gone at the next start", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    for (let i = 0; i < 2_000; i++) server.send("s.x", `payload ${i}`.repeat(10));
    await server.store.durable();
    const archive = await takeArchive(server, "S");
    await server.ok("STREAM.DELETE.S");
    const subject = await beginRestore(server, "S");
    await server.request(subject, archive.subarray(0, archive.length - 100));
    await server.store.durable();
    const again = await server.crash();
    assert.equal((await again.api("STREAM.INFO.S")).error.err_code, 10059);
    assert.deepEqual(again.store.logs, []);
    const next = await beginRestore(again, "S");
    await again.request(next, archive);
    const done = JSON.parse((await again.request(next)).payload) as { state: { messages: number } };
    assert.equal(done.state.messages, 2_000);
    const last = await again.crash();
    assert.equal((await last.ok("STREAM.INFO.S")).state.messages, 2_000);
    return last;
  }));

test("a restore that stalls leaves nothing behind", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    await server.publish("s.x", "payload");
    const archive = await takeArchive(server, "S");
    await server.ok("STREAM.DELETE.S");
    const subject = await beginRestore(server, "S");
    assert.equal((await server.api("STREAM.CREATE.S", { name: "S" })).error.err_code, 10058);
    await server.request(subject, archive.subarray(0, 10));
    await server.advance(5_000);
    assert.equal(server.send(subject, archive), 0);
    assert.deepEqual(server.store.logs, []);
    await server.createStream("S");
  }));

/** Begins to restore with a configuration, and sends the whole archive; returns the last answer. */
async function restore(server: TestJetStream, config: object, archive: Buffer): Promise<unknown> {
  const request = { config, state: {} };
  const { deliver_subject: to } = await server.ok("STREAM.RESTORE.S", request);
  await server.request(String(to), archive);
  return JSON.parse((await server.request(String(to))).payload) as unknown;
}

test("lifetimes, schedules and counters go on where they were", () =>
  withJetStream(async (server) => {
    const config = {
      name: "S",
      subjects: ["s.>"],
      allow_msg_ttl: true,
      allow_msg_schedules: true,
      max_age: 600e9,
    };
    await server.createStream("S", config);
    await server.publish("s.short", "", { "Nats-TTL": "30s" });
    await server.publish("s.ever", "", { "Nats-TTL": "never" });
    await server.publish("s.gone", "", { "Nats-TTL": "10" });
    await server.publish("s.odd", "no lifetime can be read of what an archive brings");
    await server.publish("s.plan", "planned", {
      "Nats-Schedule": `@at ${new Date(server.host.clock.nowMs() + 60_000).toISOString()}`,
      "Nats-Schedule-Target": "s.fired",
    });
    const archive = await takeArchive(server, "S");
    await server.ok("STREAM.DELETE.S");
    await server.advance(20_000);
    await restore(server, config, archive);
    const subjects = async (on: TestJetStream): Promise<string[]> => {
      const { state } = await on.ok("STREAM.INFO.S", { subjects_filter: ">" });
      return Object.keys(state.subjects ?? {}).sort();
    };
    await server.advance(1_000);
    assert.deepEqual(await subjects(server), ["s.ever", "s.odd", "s.plan", "s.short"]);
    await server.advance(10_000);
    assert.deepEqual(await subjects(server), ["s.ever", "s.odd", "s.plan"]);
    const again = await server.restart();
    await again.advance(30_000);
    assert.deepEqual(await subjects(again), ["s.ever", "s.fired", "s.odd"]);
    await again.advance(600_000);
    assert.deepEqual(await subjects(again), ["s.ever"]);
    return again;
  }));

test("a restored counter counts on", () =>
  withJetStream(async (server) => {
    const config = { name: "S", subjects: ["s.>"], allow_msg_counter: true };
    await server.createStream("S", config);
    for (const step of ["+5", "-2"]) await server.publish("s.a", "", { "Nats-Incr": step });
    const archive = await takeArchive(server, "S");
    await server.ok("STREAM.DELETE.S");
    await restore(server, config, archive);
    assert.equal((await server.publish("s.a", "", { "Nats-Incr": "1" })).val, "4");
  }));

test("a receiver that acknowledges nothing ends a snapshot", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    for (let i = 0; i < 100; i++) server.send("s.x", Buffer.alloc(1000, String(i)));
    await server.store.durable();
    const chunks = server.subscribe("chunks");
    const sizes = { chunk_size: 1024, window_size: 2048 };
    await server.ok("STREAM.SNAPSHOT.S", { deliver_subject: "chunks", ...sizes });
    await chunks.take(2);
    await server.advance(5_000);
    const last = await chunks.next();
    assert.deepEqual([last.status, last.headers.get("")], [408, "No Flow Response"]);
  }));
