import assert from "node:assert/strict";
import { test } from "node:test";
import { withJetStream } from "../support/test-jetstream.ts";

test("an asynchronous stream acknowledges before the write, and shows nothing before it", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { persist_mode: "async", allow_direct: true });
    await server.createConsumer("S", "c");
    const delivered = server.pull("S", "c");
    const acknowledged = server.ask("s.a", "1");
    const duplicate = server.ask("s.a", "2", { "Nats-Expected-Last-Sequence": "1" });
    assert.equal(JSON.parse(acknowledged.received[0]?.payload ?? "").seq, 1);
    assert.equal(JSON.parse(duplicate.received[0]?.payload ?? "").seq, 2);
    assert.equal(delivered.received.length, 0);
    assert.equal((await delivered.next()).payload, "1");
    // What was written is there, what was only acknowledged is not, and gives its sequence away.
    await server.store.durable();
    assert.equal(server.ask("s.a", "3").received.length, 1);
    const next = await server.crash();
    assert.equal((await next.ok("STREAM.INFO.S")).state.last_seq, 2);
    assert.equal((await next.publish("s.a", "4")).seq, 3);
    return next;
  }));

test("it does not acknowledge what it refuses, nor after the disk has failed", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { persist_mode: "async", max_msg_size: 5 });
    assert.equal((await server.publish("s.a", "123456")).error.err_code, 10054);
    const { disk } = server.host;
    disk.failAt("JOURNAL:COMMIT", disk.callCount("JOURNAL:COMMIT") + 1, "EIO");
    assert.equal((await server.publish("s.a", "1")).seq, 1);
    await server.advance(100);
    assert.equal((await server.publish("s.a", "2")).error.err_code, 10077);
  }));

test("one stream's haste is not another's", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { persist_mode: "async" });
    await server.createStream("T");
    const careful = server.ask("t.a");
    const hasty = server.ask("s.a");
    assert.deepEqual([careful.received.length, hasty.received.length], [0, 1]);
    await careful.next();
  }));
