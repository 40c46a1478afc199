import assert from "node:assert/strict";
import { test } from "node:test";
import { SimWorld } from "@oxbow/testkit";
import { askBatch, batched, COMMIT, publishBatch } from "../support/batches.ts";
import { type Answer, TestJetStream, withJetStream } from "../support/test-jetstream.ts";

function outcome({ error, seq }: Answer): number {
  return error === undefined ? seq : error.err_code;
}

function createStream(server: TestJetStream, config: object = {}): Promise<Answer> {
  return server.createStream("S", { allow_atomic: true, allow_direct: true, ...config });
}

async function countOf(server: TestJetStream): Promise<number> {
  return (await server.ok("STREAM.INFO.S")).state.messages;
}

for (const storage of ["file", "memory"]) {
  test(`a batch is stored as one, from ${storage}`, () =>
    withJetStream(async (server) => {
      await createStream(server, { storage });
      await server.publish("s.before");
      const ack = await publishBatch(server, "b", "s.a", 1000);
      assert.deepEqual(ack, { stream: "S", seq: 1001, batch: "b", count: 1000 });
      assert.equal(await countOf(server), 1001);
    }));

  test(`nobody reads a message of a batch before all are there, from ${storage}`, () =>
    withJetStream(async (server) => {
      await createStream(server, { storage });
      await server.createConsumer("S", "c", { ack_policy: "none" });
      const pulled = server.pull("S", "c", { batch: 10, expires: 60e9 });
      for (let sequence = 1; sequence < 5; sequence++) {
        await server.request("s.a", String(sequence), batched("b", sequence));
        await server.advance(100);
      }
      assert.equal(pulled.received.length, 0);
      assert.equal(await countOf(server), 0);
      const counts: number[] = [];
      server.jetstream.stream("S")?.log.forEach(0, () => assert.fail());
      const ack = server.ask("s.a", "5", batched("b", 5, COMMIT));
      if (storage === "file") assert.equal(pulled.received.length, 0, "not durable yet");
      counts.push(...(await pulled.take(5)).map(({ payload }) => Number(payload)));
      assert.deepEqual(counts, [1, 2, 3, 4, 5]);
      await ack.next();
    }));
}

test("messages published meanwhile are stored before the batch", () =>
  withJetStream(async (server) => {
    await createStream(server);
    server.send("s.a", "1", batched("b", 1));
    assert.equal(outcome(await server.publish("s.other")), 1);
    assert.equal(outcome(await server.publish("s.a", "2", batched("b", 2, COMMIT))), 3);
  }));

test("batches may be mixed, and are told apart by their ids", () =>
  withJetStream(async (server) => {
    await createStream(server);
    for (let sequence = 1; sequence <= 20; sequence++) {
      for (const id of ["x", "y", "z"]) {
        server.send(`s.${id}`, String(sequence), batched(id, sequence));
      }
    }
    const acks = ["y", "x"].map((id) => server.ask(`s.${id}`, "21", batched(id, 21, COMMIT)));
    const answers = [];
    for (const ack of acks) answers.push(JSON.parse((await ack.next()).payload));
    assert.deepEqual(
      answers.map(({ seq, batch }) => [seq, batch]),
      [
        [21, "y"],
        [42, "x"],
      ],
    );
    const { state } = await server.ok("STREAM.INFO.S", { subjects_filter: ">" });
    assert.deepEqual(state.subjects, { "s.x": 21, "s.y": 21 });
  }));

test("a batch with any fault leaves nothing", () =>
  withJetStream(async (server) => {
    await createStream(server, { max_msgs: 10, discard: "new" });
    await server.publish("s.a", "", { "Nats-Msg-Id": "known" });
    const faults: [Record<string, string>, number][] = [
      [{ "Nats-Msg-Id": "known" }, 10201],
      [{ "Nats-Expected-Last-Subject-Sequence": "7" }, 10164],
      [{ "Nats-Expected-Stream": "T" }, 10060],
      [{ "Nats-Rollup": "sub" }, 10111],
      [{ "Nats-Expected-Last-Msg-Id": "known" }, 10177],
      [{ "Nats-Incr": "1" }, 10168],
    ];
    for (const [fault, code] of faults) {
      server.send("s.b", "1", batched("b", 1, { "Nats-Msg-Id": "mine" }));
      server.send("s.b", "2", batched("b", 2, fault));
      const answer = await server.publish("s.b", "3", batched("b", 3, COMMIT));
      assert.equal(outcome(answer), code, JSON.stringify(fault));
    }
    assert.equal(outcome(await publishBatch(server, "b", "s.b", 10)), 10077);
    const { state } = await server.ok("STREAM.INFO.S");
    assert.deepEqual([state.messages, state.last_seq], [1, 1]);
    const again = await server.publish("s.b", "", { "Nats-Msg-Id": "mine" });
    assert.equal(outcome(again), 2, "its message ids are free");
    assert.equal(again.duplicate, undefined);
  }));

test("limits that remove old messages hold for a batch, too", () =>
  withJetStream(async (server) => {
    await createStream(server, { max_msgs: 10, max_msgs_per_subject: 4 });
    for (let index = 0; index < 8; index++) await server.publish(`s.${index}`);
    assert.equal(outcome(await publishBatch(server, "b", "s.a", 6)), 14);
    const { state } = await server.ok("STREAM.INFO.S", { subjects_filter: ">" });
    assert.equal(state.messages, 10);
    assert.equal(state.subjects["s.a"], 4);
    assert.equal(outcome(await publishBatch(server, "c", "s.b", 20)), 34);
    const { state: after } = await server.ok("STREAM.INFO.S", { subjects_filter: ">" });
    assert.deepEqual([after.messages, after.subjects["s.a"], after.subjects["s.b"]], [10, 4, 4]);
  }));

test("a batch of counters counts, with values that must be read first", () =>
  withJetStream(async (server) => {
    await createStream(server, { allow_msg_counter: true });
    for (let index = 0; index < 10; index++) {
      await server.publish(`s.${index}`, "", { "Nats-Incr": "100" });
    }
    const again = await server.restart();
    for (let sequence = 1; sequence < 30; sequence++) {
      const headers = batched("b", sequence, { "Nats-Incr": "1" });
      again.send(`s.${sequence % 10}`, "", headers);
    }
    const last = again.ask("s.0", "", batched("b", 30, { "Nats-Incr": "1", ...COMMIT }));
    const later = again.ask("s.0", "", { "Nats-Incr": "1" });
    assert.equal(outcome(JSON.parse((await last.next()).payload)), 40);
    const { seq, val } = JSON.parse((await later.next()).payload);
    assert.deepEqual([seq, val], [41, "104"]);
    const { payload } = await again.request("$JS.API.DIRECT.GET.S.s.9");
    assert.equal(payload, '{"val":"103"}');
    return again;
  }));

test("a batch that nothing comes to is forgotten, and an advisory says so", () =>
  withJetStream(async (server) => {
    await createStream(server);
    const advisories = server.subscribe("$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.S");
    await server.request("s.a", "1", batched("early", 1));
    await server.advance(6_000);
    await server.request("s.a", "1", batched("late", 1));
    await server.advance(3_000);
    await server.request("s.a", "2", batched("early", 2));
    await server.advance(6_999);
    assert.deepEqual(advisories.received, []);
    await server.advance(2);
    const first = JSON.parse((await advisories.next()).payload);
    assert.deepEqual(
      [first.type, first.stream, first.batch, first.reason],
      ["io.nats.jetstream.advisory.v1.stream_batch_abandoned", "S", "late", "timeout"],
    );
    assert.equal(outcome(await server.publish("s.a", "2", batched("late", 2, COMMIT))), 10176);
    assert.equal(outcome(await server.publish("s.a", "3", batched("early", 3, COMMIT))), 3);
    await server.advance(20_000);
    assert.deepEqual(advisories.rest(), []);
  }));

test("advisories say why a batch was abandoned", () =>
  withJetStream(async (server) => {
    await createStream(server);
    const advisories = server.subscribe("$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.S");
    const next = async (): Promise<string> => JSON.parse((await advisories.next()).payload).reason;
    server.send("s.a", "", batched("b", 1));
    server.send("s.a", "", batched("b", 3));
    assert.equal(await next(), "incomplete");
    server.send("s.a", "", batched("b", 1, { "Nats-Required-Api-Level": "99" }));
    assert.equal(await next(), "unsupported");
    assert.equal(outcome(await publishBatch(server, "b", "s.a", 1001)), 10199);
    assert.equal(await next(), "large");
    assert.equal(await countOf(server), 0);
  }));

test("a server holds so many open batches, and so many bytes of them", () =>
  withJetStream(async (server) => {
    await createStream(server);
    await server.createStream("T", { allow_atomic: true });
    const { services } = server.jetstream;
    services.ingest.atomicBatches = 999;
    assert.equal((await server.request("s.a", "", batched("a", 1))).payload, "");
    assert.equal(outcome(await server.publish("t.a", "", batched("a", 1))), 10210);
    assert.equal(outcome(await server.publish("s.a", "", batched("a", 2, COMMIT))), 2);
    assert.equal((await server.request("t.a", "", batched("a", 1))).payload, "");
    services.ingest.stagedBytes = 256 * 1024 * 1024;
    assert.equal(outcome(await server.publish("t.a", "", batched("a", 2, COMMIT))), 10023);
    services.ingest.stagedBytes = 0;
    assert.equal(services.ingest.atomicBatches, 999);
  }));

test("what a stream holds of open batches goes with it", () =>
  withJetStream(async (server) => {
    await createStream(server);
    const { ingest } = server.jetstream.services;
    for (const id of ["a", "b"]) await server.request("s.a", "x".repeat(1000), batched(id, 1));
    assert.equal(ingest.atomicBatches, 2);
    assert.ok(ingest.stagedBytes > 2000);
    await server.ok("STREAM.DELETE.S");
    assert.deepEqual([ingest.atomicBatches, ingest.stagedBytes], [0, 0]);
  }));

test("a stream without acknowledgements says nothing of batches", () =>
  withJetStream(async (server) => {
    await createStream(server, { no_ack: true });
    const inboxes = [1, 2, 4].map((sequence) => server.ask("s.a", "", batched("b", sequence)));
    await server.advance(100);
    for (const inbox of inboxes) assert.deepEqual(inbox.received, []);
    askBatch(server, "b", "s.a", 3);
    await server.advance(100);
    assert.equal(await countOf(server), 3);
  }));

test("what a batch publishes is delivered with interest, too", () =>
  withJetStream(async (server) => {
    await createStream(server, { retention: "interest" });
    assert.equal(outcome(await publishBatch(server, "b", "s.a", 3)), 3);
    assert.equal(await countOf(server), 0, "nobody wants it");
    await server.createConsumer("S", "c");
    assert.equal(outcome(await publishBatch(server, "b", "s.a", 3)), 6);
    assert.equal(await countOf(server), 3);
  }));

test("a power cut at any moment leaves a whole batch or nothing of it", async () => {
  const found = new Set<number>();
  for (let events = 0; ; events++) {
    const world = new SimWorld("power cut");
    const server = await world.play(async () => {
      const opened = await TestJetStream.open(world);
      await createStream(opened);
      await opened.createStream("OTHER");
      return opened;
    });
    // More than what has a commit begin in the middle of a turn, with other messages before, between and after.
    server.send("other.a", "x".repeat(100_000));
    const ack = askBatch(server, "b", "s.a", 50, 8_000);
    server.send("other.a", "x".repeat(100_000));
    const end = await world.run({ events });
    const isAcknowledged = ack.received.length > 0;
    const disk = server.host.crash();
    await world.play(async () => {
      const again = await TestJetStream.open(world, disk);
      const count = await countOf(again);
      assert.ok(count === 50 || (count === 0 && !isAcknowledged), `${count} after ${events}`);
      found.add(count);
      assert.equal(outcome(await publishBatch(again, "c", "s.a", 10)), count + 10);
      await again.close();
    });
    if (end === "idle") break;
  }
  assert.deepEqual(
    [...found].sort((a, b) => a - b),
    [0, 50],
  );
});
