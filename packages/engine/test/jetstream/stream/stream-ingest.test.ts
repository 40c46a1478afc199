import assert from "node:assert/strict";
import { test } from "node:test";
import { SimWorld } from "@oxbow/testkit";
import { type Answer, TestJetStream, withJetStream } from "../support/test-jetstream.ts";

/** `seq`, or the code of the refusal. */
function outcome({ error, seq }: Answer): number {
  return error === undefined ? seq : error.err_code;
}

for (const storage of ["file", "memory"]) {
  test(`publishes are acknowledged in order, from ${storage}`, () =>
    withJetStream(async (server) => {
      await server.createStream("S", { storage });
      const inboxes = Array.from({ length: 50 }, (_, index) => server.ask("s.a", `${index}`));
      for (const [index, inbox] of inboxes.entries()) {
        const { payload } = await inbox.next();
        assert.deepEqual(JSON.parse(payload), { stream: "S", seq: index + 1 });
      }
    }));

  test(`nothing is acknowledged before it is durable, from ${storage}`, () =>
    withJetStream(async (server) => {
      await server.createStream("S", { storage });
      const inbox = server.ask("s.a", "1");
      assert.equal(inbox.received.length, storage === "file" ? 0 : 1);
      await inbox.next();
      assert.equal(server.jetstream.stream("S")?.log.committedSequence, 1);
    }));

  test(`a repeated message id is stored once, from ${storage}`, () =>
    withJetStream(async (server) => {
      await server.createStream("S", { storage, duplicate_window: 10e9 });
      const once = { "Nats-Msg-Id": "once" };
      const both = [server.ask("s.a", "1", once), server.ask("s.a", "1", once)];
      const answers = await Promise.all(both.map((inbox) => inbox.next()));
      assert.equal(answers[0]?.payload, '{"stream":"S","seq":1}');
      assert.equal(answers[1]?.payload, '{"stream":"S","seq":1,"duplicate": true}');
      await server.advance(10_001);
      assert.deepEqual(await server.publish("s.a", "1", once), { stream: "S", seq: 2 });
    }));
}

test("expectations are checked against what was published, durable or not", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    server.send("s.a", "1");
    const headers = { "Nats-Expected-Last-Sequence": "1" };
    assert.equal(outcome(await server.publish("s.a", "2", headers)), 2);
    assert.equal(outcome(await server.publish("s.a", "3", headers)), 10071);
    const bySubject = { "Nats-Expected-Last-Subject-Sequence": "2" };
    assert.equal(outcome(await server.publish("s.a", "3", bySubject)), 3);
    assert.equal(outcome(await server.publish("s.b", "4", bySubject)), 10071);
    const none = { "Nats-Expected-Last-Subject-Sequence": "0" };
    assert.equal(outcome(await server.publish("s.b", "4", none)), 4);
  }));

test("the last sequence can be expected of other subjects, with wildcards", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    for (const subject of ["s.a.1", "s.a.2", "s.b.1"]) await server.publish(subject);
    const expecting = (sequence: number, subject: string): Promise<Answer> =>
      server.publish("s.c", "", {
        "Nats-Expected-Last-Subject-Sequence": String(sequence),
        "Nats-Expected-Last-Subject-Sequence-Subject": subject,
      });
    assert.equal(outcome(await expecting(2, "s.a.*")), 4);
    assert.equal(outcome(await expecting(2, "s.>")), 10071);
    assert.equal(outcome(await expecting(4, "s.>")), 5);
    assert.equal(outcome(await expecting(0, "s.none.*")), 6);
    const alone = { "Nats-Expected-Last-Subject-Sequence-Subject": "s.a.*" };
    assert.equal(outcome(await server.publish("s.c", "", alone)), 10193);
  }));

test("headers count for the largest size of a message", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { max_msg_size: 40 });
    const headers = { A: "b" };
    const blockSize = "NATS/1.0\r\nA: b\r\n\r\n".length;
    assert.equal(outcome(await server.publish("s.a", "x".repeat(40 - blockSize), headers)), 1);
    assert.equal(outcome(await server.publish("s.a", "x".repeat(41 - blockSize), headers)), 10054);
    assert.equal(outcome(await server.publish("s.a", "x".repeat(40))), 2);
  }));

test("where new messages are refused, one that replaces the oldest of its subject is not", () =>
  withJetStream(async (server) => {
    const limits = { discard: "new", max_msgs: 3, max_msgs_per_subject: 2 };
    await server.createStream("S", limits);
    for (const subject of ["s.a", "s.a", "s.b"]) await server.publish(subject);
    assert.equal(outcome(await server.publish("s.b")), 10077, "the stream is full");
    assert.equal(outcome(await server.publish("s.a")), 4, "replaces message 1");
    const { state } = await server.ok("STREAM.INFO.S", { subjects_filter: ">" });
    assert.deepEqual([state.messages, state.first_seq], [3, 2]);
    assert.deepEqual(state.subjects, { "s.a": 2, "s.b": 1 });
  }));

test("a larger message does not replace a smaller one beyond the bytes of a stream", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { discard: "new", max_bytes: 200, max_msgs_per_subject: 1 });
    assert.equal(outcome(await server.publish("s.a", "x".repeat(60))), 1);
    assert.equal(outcome(await server.publish("s.b", "x".repeat(60))), 2);
    assert.equal(outcome(await server.publish("s.a", "x".repeat(61))), 10077);
    assert.equal(outcome(await server.publish("s.a", "y".repeat(60))), 3);
  }));

test("where each subject refuses new messages, a rollup still replaces them", () =>
  withJetStream(async (server) => {
    await server.createStream("S", {
      discard: "new",
      discard_new_per_subject: true,
      max_msgs_per_subject: 1,
      allow_rollup_hdrs: true,
    });
    await server.publish("s.a", "1");
    assert.equal(outcome(await server.publish("s.a", "2")), 10077);
    assert.equal(outcome(await server.publish("s.a", "3", { "Nats-Rollup": "sub" })), 2);
    const { state } = await server.ok("STREAM.INFO.S");
    assert.deepEqual([state.messages, state.first_seq], [1, 2]);
  }));

test("a rollup to a pattern leaves nothing before it of the subjects that match", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { allow_rollup_hdrs: true });
    for (const subject of ["s.a", "s.b", "s.a.c", "s.b"]) await server.publish(subject, "");
    assert.equal(outcome(await server.publish("s.*", "", { "Nats-Rollup": "sub" })), 5);
    const { state } = await server.ok("STREAM.INFO.S", { subjects_filter: ">" });
    assert.deepEqual(state.subjects, { "s.a.c": 1, "s.*": 1 });
  }));

test("a rollup leaves nothing before it of its subject, or of the stream", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { allow_rollup_hdrs: true });
    for (const subject of ["s.a", "s.b", "s.a", "s.b"]) await server.publish(subject);
    await server.publish("s.a", "", { "Nats-Rollup": "sub" });
    const counts = async (): Promise<Answer> =>
      (await server.ok("STREAM.INFO.S", { subjects_filter: ">" })).state.subjects;
    assert.deepEqual(await counts(), { "s.a": 1, "s.b": 2 });
    await server.publish("s.c", "", { "Nats-Rollup": "all" });
    assert.deepEqual(await counts(), { "s.c": 1 });
    assert.equal(outcome(await server.publish("s.c", "", { "Nats-Rollup": "some" })), 10111);
  }));

test("streams that publish into one another keep their order and their acknowledgements", () =>
  withJetStream(async (server) => {
    // What the consumer of A delivers lands in B, whose consumer delivers it to a client.
    await server.createStream("A", { storage: "memory" });
    await server.createStream("B", { storage: "memory" });
    await server.createConsumer("A", "a", { ack_policy: "none" });
    await server.createConsumer("B", "b", { ack_policy: "none" });
    const end = server.pull("B", "b", { batch: 10, expires: 1e9 });
    const request = JSON.stringify({ batch: 10, expires: 1e9 });
    server.send("$JS.API.CONSUMER.MSG.NEXT.A.a", request, {}, "b.inbox");
    for (let index = 1; index <= 10; index++) {
      assert.equal(outcome(await server.publish("a.x", `${index}`)), index);
    }
    const payloads = (await end.take(10)).map(({ payload }) => payload);
    assert.deepEqual(payloads, ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
  }));

test("a stream may be fed by its own consumer", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { storage: "memory" });
    await server.createConsumer("S", "c", { ack_policy: "none" });
    server.send("$JS.API.CONSUMER.MSG.NEXT.S.c", JSON.stringify({ batch: 5 }), {}, "s.again");
    await server.publish("s.first");
    await server.advance(10);
    assert.equal((await server.ok("STREAM.INFO.S")).state.messages, 6);
  }));

test("a delivery that comes back into the stream with its message id is a duplicate", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { storage: "memory" });
    await server.createConsumer("S", "c", { ack_policy: "none" });
    server.send("$JS.API.CONSUMER.MSG.NEXT.S.c", JSON.stringify({ batch: 5 }), {}, "s.again");
    await server.publish("s.first", "", { "Nats-Msg-Id": "1" });
    await server.advance(10);
    assert.equal((await server.ok("STREAM.INFO.S")).state.messages, 1);
  }));

test("a stream can be deleted while its publishers wait, and nobody else is held up", () =>
  withJetStream(async (server: TestJetStream) => {
    await server.createStream("A");
    await server.createStream("B");
    server.ask("a.x", "1");
    const other = server.ask("b.x", "1");
    const deleted = server.ok("STREAM.DELETE.A");
    assert.deepEqual(JSON.parse((await other.next()).payload), { stream: "B", seq: 1 });
    await deleted;
    assert.equal(outcome(await server.publish("b.x", "2")), 2);
  }));

test("as many messages may wait for the disk as the options say", async () => {
  const world = new SimWorld("buffered");
  await world.play(async () => {
    const server = await TestJetStream.open(world, undefined, { bufferedMessagesMax: 3 });
    await server.createStream("S");
    await server.createStream("T");
    const inboxes = Array.from({ length: 5 }, () => server.ask("s.a", "x"));
    const refused = inboxes.slice(3).flatMap(({ received }) => received);
    assert.equal(refused.length, 2, "at once");
    for (const { status, headers, payload } of refused) {
      assert.deepEqual([status, headers.get("")], [429, "Too Many Requests"]);
      assert.equal(outcome(JSON.parse(payload)), 10167);
    }
    assert.equal(outcome(await server.publish("t.a")), 1, "another stream");
    for (const inbox of inboxes.slice(0, 3)) await inbox.next();
    assert.equal(outcome(await server.publish("s.a")), 4);
    await server.close();
  });
});

test("as many bytes may wait for the disk as the options say", async () => {
  const world = new SimWorld("buffered bytes");
  await world.play(async () => {
    const server = await TestJetStream.open(world, undefined, { bufferedBytesMax: 10_000 });
    await server.createStream("S");
    const inboxes = Array.from({ length: 4 }, () => server.ask("s.a", "x".repeat(4_000)));
    const outcomes: number[] = [];
    for (const inbox of inboxes) outcomes.push(outcome(JSON.parse((await inbox.next()).payload)));
    assert.deepEqual(outcomes, [1, 2, 3, 10167]);
    await server.close();
  });
});

test("a publisher may say that its message is from another stream, which changes nothing", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { allow_direct: true });
    const headers = { "Nats-Stream-Source": "O 1 > > o.a" };
    assert.equal(outcome(await server.publish("s.a", "x", headers)), 1);
    const { headers: stored } = await server.request("$JS.API.DIRECT.GET.S.s.a");
    assert.equal(stored.get("Nats-Stream-Source"), "O 1 > > o.a");
  }));

test("what services are told of who asks is not stored, whoever wrote it", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { allow_direct: true });
    const info = { "Nats-Request-Info": '{"acc":"A","reply":"x.u.1.ok.1.0.$FI"}' };
    assert.equal(outcome(await server.publish("s.a", "1", info)), 1);
    const both = { ...info, Color: "red", "Nats-Msg-Id": "x" };
    assert.equal(outcome(await server.publish("s.b", "2", both)), 2);
    const [first, second] = [
      await server.request("$JS.API.DIRECT.GET.S.s.a"),
      await server.request("$JS.API.DIRECT.GET.S.s.b"),
    ];
    assert.equal(first.payload, "1");
    assert.equal(first.headers.get("Nats-Request-Info"), undefined);
    assert.equal(second.headers.get("Nats-Request-Info"), undefined);
    assert.equal(second.headers.get("Color"), "red");
  }));
