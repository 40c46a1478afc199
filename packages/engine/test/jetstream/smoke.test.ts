import assert from "node:assert/strict";
import { test } from "node:test";
import { withJetStream } from "./support/test-jetstream.ts";

test("smoke", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    assert.deepEqual(await server.publish("s.a", "1"), { stream: "S", seq: 1 });
    await server.createConsumer("S", "c");
    const inbox = server.pull("S", "c", { batch: 2, expires: 1e9 });
    const message = await inbox.next();
    assert.equal(message.payload, "1");
    assert.equal((await inbox.next()).status, 408);
    await server.request(message.reply);
    const next = await server.crash();
    const info = await next.ok("CONSUMER.INFO.S.c");
    assert.equal(info.ack_floor.stream_seq, 1);
    return next;
  }));
