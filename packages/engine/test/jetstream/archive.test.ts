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
