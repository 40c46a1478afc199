import assert from "node:assert/strict";
import { test } from "node:test";
import type { Received } from "../support/inbox.ts";
import { type Answer, type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

/** The sequences of the messages that are there. */
function kept(server: TestJetStream, stream = "S"): number[] {
  const sequences: number[] = [];
  server.jetstream.stream(stream)?.log.forEach(0, (sequence) => sequences.push(sequence));
  return sequences;
}

async function publishAll(server: TestJetStream, subjects: readonly string[]): Promise<number[]> {
  const sequences: number[] = [];
  for (const subject of subjects) sequences.push((await server.publish(subject)).seq);
  return sequences;
}

async function take(server: TestJetStream, consumer: string, count: number): Promise<Received[]> {
  return server.pull("S", consumer, { batch: count }).take(count);
}

async function ack(server: TestJetStream, message: Received | undefined): Promise<void> {
  await server.request(message?.reply ?? "", "+ACK");
}

async function state(server: TestJetStream): Promise<Answer> {
  return (await server.ok("STREAM.INFO.S")).state;
}

test("a work queue lets go of each message as it is acknowledged, and keeps it through a crash", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "workqueue" });
    await server.createConsumer("S", "c");
    await publishAll(server, ["s.a", "s.b", "s.c"]);
    const [first, second] = await take(server, "c", 2);
    assert.deepEqual(kept(server), [1, 2, 3]);
    await ack(server, second);
    assert.deepEqual(kept(server), [1, 3]);
    const next = await server.crash();
    assert.deepEqual(kept(next), [1, 3]);
    const info = await next.ok("CONSUMER.INFO.S.c");
    assert.deepEqual([info.num_ack_pending, info.num_pending], [1, 1]);
    await ack(next, first);
    await ack(next, (await take(next, "c", 1))[0]);
    assert.deepEqual(kept(next), []);
    const after = await state(next);
    assert.deepEqual([after.messages, after.first_seq, after.last_seq], [0, 4, 3]);
    return next;
  }));

test("a term lets a message go, a nak does not", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "workqueue" });
    await server.createConsumer("S", "c");
    await publishAll(server, ["s.a", "s.b"]);
    const [first, second] = await take(server, "c", 2);
    await server.request(first?.reply ?? "", "+TERM");
    await server.request(second?.reply ?? "", "-NAK");
    assert.deepEqual(kept(server), [2]);
  }));

test("a work queue keeps what no consumer wants, and what a deleted one had not acknowledged", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "workqueue" });
    await publishAll(server, ["s.a", "s.b"]);
    await server.createConsumer("S", "a", { filter_subject: "s.a" });
    await take(server, "a", 1);
    await server.ok("CONSUMER.DELETE.S.a");
    assert.deepEqual(kept(server), [1, 2]);
    await server.createConsumer("S", "b", { filter_subject: "s.b" });
    await ack(server, (await take(server, "b", 1))[0]);
    const next = await server.crash();
    assert.deepEqual(kept(next), [1]);
    return next;
  }));

test("with interest a message goes when every interested consumer has acknowledged it", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "interest" });
    await server.createConsumer("S", "all");
    await server.createConsumer("S", "a", { filter_subject: "s.a" });
    await publishAll(server, ["s.a", "s.b", "s.a"]);
    const [one, two, three] = await take(server, "all", 3);
    await ack(server, two);
    assert.deepEqual(kept(server), [1, 3], "only one wanted the second");
    await ack(server, one);
    await ack(server, three);
    assert.deepEqual(kept(server), [1, 3]);
    const [first, third] = await take(server, "a", 2);
    await ack(server, third);
    assert.deepEqual(kept(server), [1]);
    await ack(server, first);
    assert.deepEqual(kept(server), []);
  }));

test("with interest a message without any is acknowledged, uses up its sequence, and is not stored", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "interest" });
    assert.deepEqual(await publishAll(server, ["s.a", "s.a"]), [1, 2]);
    await server.createConsumer("S", "b", { filter_subject: "s.b" });
    assert.deepEqual(await publishAll(server, ["s.b", "s.a", "s.b"]), [3, 4, 5]);
    assert.deepEqual(kept(server), [3, 5]);
    const next = await server.crash();
    assert.deepEqual(kept(next), [3, 5]);
    assert.deepEqual(await publishAll(next, ["s.a"]), [6]);
    const { messages, first_seq, last_seq, num_deleted } = await state(next);
    assert.deepEqual([messages, first_seq, last_seq, num_deleted], [2, 3, 6, 2]);
    return next;
  }));

test("a sequence that went to no message is not given again after a crash", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "interest", subjects: ["s.>"] });
    const inbox = server.ask("s.a");
    assert.equal(inbox.received.length, 0, "not acknowledged before it is durable");
    assert.equal(JSON.parse((await inbox.next()).payload).seq, 1);
    const next = await server.crash();
    assert.deepEqual(await publishAll(next, ["s.a"]), [2]);
    return next;
  }));

test("what is not stored is still a duplicate the second time, and rolls its subject up", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "interest", allow_rollup_hdrs: true });
    assert.equal((await server.publish("s.a", "", { "Nats-Msg-Id": "x" })).seq, 1);
    const again = await server.publish("s.a", "", { "Nats-Msg-Id": "x" });
    assert.deepEqual([again.seq, again.duplicate], [1, true]);
    await server.createConsumer("S", "c");
    await publishAll(server, ["s.a", "s.b"]);
    await server.ok("CONSUMER.CREATE.S.c", {
      stream_name: "S",
      config: { durable_name: "c", ack_policy: "explicit", filter_subject: "s.b" },
    });
    assert.deepEqual(kept(server), [3], "nobody wants the first one any more");
    await server.publish("s.c", "", { "Nats-Rollup": "all" });
    assert.deepEqual(kept(server), []);
  }));

test("ack all lets go of everything up to the message", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "interest" });
    await server.createConsumer("S", "all", { ack_policy: "all" });
    await server.createConsumer("S", "c");
    await publishAll(server, ["s.a", "s.b", "s.c", "s.d"]);
    const messages = await take(server, "all", 4);
    await ack(server, (await take(server, "c", 1))[0]);
    await ack(server, messages[2]);
    assert.deepEqual(kept(server), [2, 3, 4]);
    await server.ok("CONSUMER.DELETE.S.c");
    assert.deepEqual(kept(server), [4]);
  }));

test("without acknowledgements a delivery lets a message go", () =>
  withJetStream(async (server) => {
    for (const storage of ["file", "memory"]) {
      await server.createStream("S", { retention: "interest", storage });
      await server.createConsumer("S", "none", { ack_policy: "none" });
      await server.createConsumer("S", "c");
      const inbox = server.pull("S", "none", { batch: 3 });
      await publishAll(server, ["s.a", "s.b", "s.c"]);
      assert.equal((await inbox.take(3)).length, 3);
      assert.deepEqual(kept(server), [1, 2, 3]);
      const messages = await take(server, "c", 3);
      for (const message of messages) await ack(server, message);
      assert.deepEqual(kept(server), []);
      const { num_pending } = await server.ok("CONSUMER.INFO.S.none");
      assert.equal(num_pending, 0);
      await server.ok("STREAM.DELETE.S");
    }
  }));

test("a message that was delivered as often as it may be stays, until it is acknowledged", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "workqueue" });
    await server.createConsumer("S", "c", { max_deliver: 1, ack_wait: 1e9 });
    await publishAll(server, ["s.a", "s.b"]);
    const [first] = await take(server, "c", 2);
    await server.advance(2_000);
    assert.deepEqual(kept(server), [1, 2]);
    await ack(server, first);
    assert.deepEqual(kept(server), [2]);
    const next = await server.crash();
    assert.deepEqual(kept(next), [2]);
    return next;
  }));

test("with interest, what only a deleted consumer needed goes, and all of it with the last one", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "interest" });
    await server.createConsumer("S", "a", { filter_subject: "s.a" });
    await server.createConsumer("S", "b", { filter_subject: "s.b" });
    await publishAll(server, ["s.a", "s.b", "s.a", "s.b"]);
    await server.ok("CONSUMER.DELETE.S.a");
    assert.deepEqual(kept(server), [2, 4]);
    await server.ok("CONSUMER.DELETE.S.b");
    const next = await server.crash();
    assert.deepEqual(kept(next), []);
    assert.deepEqual(await publishAll(next, ["s.a"]), [5]);
    return next;
  }));

test("a long stream is looked through a part at a time", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "interest", storage: "memory" });
    await server.createConsumer("S", "a", { filter_subject: "s.a" });
    await server.createConsumer("S", "b", { filter_subject: "s.b" });
    const count = 40_000;
    for (let i = 0; i < count; i++) server.send(i % 2 === 0 ? "s.a" : "s.b");
    await server.ok("CONSUMER.DELETE.S.a");
    assert.ok(kept(server).length > count / 2);
    await server.advance(1_000);
    assert.equal(kept(server).length, count / 2);
  }));

test("what a restart finds that nobody needs goes", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "interest" });
    await server.createConsumer("S", "kept", { filter_subject: "s.a" });
    await server.createConsumer("S", "lost", { mem_storage: true });
    await publishAll(server, ["s.a", "s.b"]);
    const next = await server.crash();
    assert.deepEqual(kept(next), [1]);
    return next;
  }));

test("retention changes between limits and interest", () =>
  withJetStream(async (server) => {
    const config = { name: "S", subjects: ["s.>"] };
    await server.createStream("S");
    await server.createConsumer("S", "c");
    await publishAll(server, ["s.a", "s.b"]);
    await ack(server, (await take(server, "c", 1))[0]);
    assert.deepEqual(kept(server), [1, 2]);
    await server.ok("STREAM.UPDATE.S", { ...config, retention: "interest" });
    assert.deepEqual(kept(server), [2]);
    const next = await server.crash();
    await ack(next, (await take(next, "c", 1))[0]);
    assert.deepEqual(kept(next), []);
    await next.ok("STREAM.UPDATE.S", { ...config, retention: "limits" });
    await publishAll(next, ["s.a"]);
    await ack(next, (await take(next, "c", 1))[0]);
    assert.deepEqual(kept(next), [3]);
    return next;
  }));

test("a work queue that is emptied as it is filled leaves nothing behind in memory or on disk", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "workqueue" });
    await server.createConsumer("S", "c");
    for (let i = 0; i < 50; i++) {
      await server.publish("s.a", "x".repeat(1_000));
      await ack(server, (await take(server, "c", 1))[0]);
    }
    const log = server.jetstream.stream("S")?.log;
    assert.deepEqual([log?.segments.length, log?.lastSequence], [0, 50]);
    const next = await server.restart();
    assert.deepEqual(await publishAll(next, ["s.a"]), [51]);
    return next;
  }));
