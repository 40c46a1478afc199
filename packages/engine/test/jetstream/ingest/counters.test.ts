import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

function outcome({ error, val }: Answer): string | number {
  return error === undefined ? val : error.err_code;
}

function createCounters(server: TestJetStream, config: object = {}): Promise<Answer> {
  return server.createStream("S", { allow_msg_counter: true, allow_direct: true, ...config });
}

async function add(server: TestJetStream, subject: string, increment: string): Promise<Answer> {
  return outcome(await server.publish(subject, "", { "Nats-Incr": increment }));
}

for (const storage of ["file", "memory"]) {
  test(`a counter goes up and down, from ${storage}`, () =>
    withJetStream(async (server) => {
      await createCounters(server, { storage });
      assert.deepEqual(await server.publish("s.a", "", { "Nats-Incr": "+1" }), {
        stream: "S",
        seq: 1,
        val: "1",
      });
      assert.equal(await add(server, "s.a", "2"), "3");
      assert.equal(await add(server, "s.b", "-10"), "-10");
      assert.equal(await add(server, "s.a", "-4"), "-1");
      assert.equal(await add(server, "s.a", "0"), "-1");
      const last = await server.request("$JS.API.DIRECT.GET.S.s.a");
      assert.equal(last.payload, '{"val":"-1"}');
      assert.equal(last.headers.get("Nats-Incr"), "0");
    }));
}

test("counters that are published without waiting count one another, durable or not", () =>
  withJetStream(async (server) => {
    await createCounters(server);
    const inboxes = Array.from({ length: 100 }, () => server.ask("s.a", "", { "Nats-Incr": "1" }));
    for (const [index, inbox] of inboxes.entries()) {
      assert.equal(outcome(JSON.parse((await inbox.next()).payload)), String(index + 1));
    }
  }));

test("a counter has as many digits as fit a message", () =>
  withJetStream(async (server) => {
    await createCounters(server);
    const large = "9".repeat(60_000);
    assert.equal(await add(server, "s.a", large), large);
    assert.equal(await add(server, "s.a", "1"), `1${"0".repeat(60_000)}`);
    assert.equal(await add(server, "s.a", `-${large}`), "1");
    assert.equal(await add(server, "s.a", "9".repeat(70_000)), 10097);
  }));

test("a counter that would be larger than a message of the stream may be stays as it is", () =>
  withJetStream(async (server) => {
    await createCounters(server, { max_msg_size: 37 });
    assert.equal(await add(server, "s.a", "1"), "1");
    assert.equal(await add(server, "s.a", "10"), 10054);
    assert.equal(await add(server, "s.a", "2"), "3");
  }));

test("only empty messages with a whole number, and no conditions, count", () =>
  withJetStream(async (server) => {
    await createCounters(server);
    assert.equal(outcome(await server.publish("s.a")), 10169);
    assert.equal(outcome(await server.publish("s.a", "", { A: "b" })), 10169);
    assert.equal(outcome(await server.publish("s.a", "", { "Nats-Incr": "" })), 10169);
    assert.equal(outcome(await server.publish("s.a", "x", { "Nats-Incr": "1" })), 10170);
    for (const increment of ["x", "1.5", "1e3", "0x10", "1_000", "+", "--1", "1 "]) {
      assert.equal(await add(server, "s.a", increment), 10171, increment);
    }
    for (const header of [
      "Nats-Rollup",
      "Nats-Expected-Stream",
      "Nats-Expected-Last-Sequence",
      "Nats-Expected-Last-Subject-Sequence",
      "Nats-Expected-Last-Subject-Sequence-Subject",
      "Nats-Expected-Last-Msg-Id",
    ]) {
      const headers = { "Nats-Incr": "1", [header]: "1" };
      assert.equal(outcome(await server.publish("s.a", "", headers)), 10171, header);
    }
    assert.equal((await server.ok("STREAM.INFO.S")).state.messages, 0);
  }));

test("a stream without counters refuses an increment before anything else is looked at", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    assert.equal(await add(server, "s.a", "1"), 10168);
    assert.equal(await add(server, "s.a", "x"), 10171);
    const headers = { "Nats-Incr": "1", "Nats-Expected-Stream": "T" };
    assert.equal(outcome(await server.publish("s.a", "x", headers)), 10168);
  }));

test("a repeated increment counts once, and its acknowledgement has no value", () =>
  withJetStream(async (server) => {
    await createCounters(server);
    const headers = { "Nats-Incr": "5", "Nats-Msg-Id": "once" };
    assert.equal(outcome(await server.publish("s.a", "", headers)), "5");
    const again = await server.publish("s.a", "", headers);
    assert.deepEqual(again, { stream: "S", seq: 1, duplicate: true });
    assert.equal(await add(server, "s.a", "1"), "6");
  }));

test("after a start counters are read from the disk, and messages keep their order meanwhile", () =>
  withJetStream(async (server) => {
    await createCounters(server);
    for (let index = 0; index < 20; index++) await add(server, `s.${index % 10}`, "7");
    const again = await server.restart();
    const inboxes = Array.from({ length: 40 }, (_, index) =>
      again.ask(`s.${index % 10}`, "", { "Nats-Incr": "1" }),
    );
    const answers = [];
    for (const inbox of inboxes) answers.push(JSON.parse((await inbox.next()).payload));
    assert.deepEqual(
      answers.map(({ seq }) => seq),
      Array.from({ length: 40 }, (_, index) => 21 + index),
    );
    assert.deepEqual(
      answers.map(outcome),
      Array.from({ length: 40 }, (_, index) => String(15 + Math.floor(index / 10))),
    );
    return again;
  }));

test("what was counted survives a power cut", () =>
  withJetStream(async (server) => {
    await createCounters(server);
    for (let index = 0; index < 5; index++) await add(server, "s.a", "3");
    const again = await server.crash();
    assert.equal(await add(again, "s.a", "1"), "16");
    return again;
  }));

test("a counter goes on from the message that is its last one now", () =>
  withJetStream(async (server) => {
    await createCounters(server);
    for (const increment of ["1", "2", "3"]) await add(server, "s.a", increment);
    await server.ok("STREAM.MSG.DELETE.S", { seq: 3 });
    assert.equal(await add(server, "s.a", "1"), "4");
    await server.ok("STREAM.PURGE.S");
    assert.equal(await add(server, "s.a", "1"), "1");
  }));

test("where a counter came from is kept with it", () =>
  withJetStream(async (server) => {
    await createCounters(server);
    const sources = '{"B":null,"A":{"x":"4"}}';
    const headers = { "Nats-Incr": "1", "Nats-Counter-Sources": sources };
    assert.equal(outcome(await server.publish("s.a", "", headers)), "1");
    assert.equal(await add(server, "s.a", "1"), "2");
    const last = await server.request("$JS.API.DIRECT.GET.S.s.a");
    assert.equal(last.headers.get("Nats-Counter-Sources"), '{"A":{"x":"4"},"B":null}');
    await server.publish("s.b", "", { "Nats-Incr": "1", "Nats-Counter-Sources": "[1]" });
    assert.equal(await add(server, "s.b", "1"), 10172);
    assert.equal(await add(server, "s.b", "1"), 10172);
  }));
