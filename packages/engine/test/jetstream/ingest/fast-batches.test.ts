import assert from "node:assert/strict";
import { test } from "node:test";
import { SimWorld } from "@oxbow/testkit";
import type { Inbox } from "../support/inbox.ts";
import { type Answer, TestJetStream, withJetStream } from "../support/test-jetstream.ts";

const START = 0;
const APPEND = 1;
const COMMIT = 2;
const END = 3;
const PING = 4;

function createStream(server: TestJetStream, config: object = {}): Promise<Answer> {
  return server.createStream("S", { allow_batched: true, ...config });
}

/** A publisher of one fast batch. */
class Publisher {
  readonly inbox: Inbox;
  readonly #server: TestJetStream;
  readonly #id: string;
  readonly #rest: string;

  constructor(server: TestJetStream, id: string, gap = "fail", flow = 10) {
    this.#server = server;
    this.#id = id;
    this.#rest = `${flow}.${gap}`;
    this.inbox = server.subscribe(`_INBOX.fast.${id}.>`);
  }

  send(sequence: number, operation: number, headers: Record<string, string> = {}): void {
    const reply = `_INBOX.fast.${this.#id}.${this.#rest}.${sequence}.${operation}.$FI`;
    this.#server.send("s.a", `${this.#id} ${sequence}`, headers, reply);
  }

  /** Sends the messages `from` to `to`, the first of all as a start. */
  sendAll(from: number, to: number): void {
    for (let sequence = from; sequence <= to; sequence++) {
      this.send(sequence, sequence === 1 ? START : APPEND);
    }
  }

  async next(): Promise<Answer> {
    return JSON.parse((await this.inbox.next()).payload);
  }

  /** What has come since the last call. */
  rest(): Answer[] {
    return this.inbox.rest().map(({ payload }) => JSON.parse(payload));
  }
}

for (const storage of ["file", "memory"]) {
  test(`a batch is acknowledged now and then, and at its end, from ${storage}`, () =>
    withJetStream(async (server) => {
      await createStream(server, { storage });
      const publisher = new Publisher(server, "b");
      publisher.sendAll(1, 24);
      publisher.send(25, COMMIT);
      await server.advance(100);
      assert.deepEqual(publisher.rest(), [
        { type: "ack", seq: 0, msgs: 10 },
        { type: "ack", seq: 10, msgs: 10 },
        { type: "ack", seq: 20, msgs: 10 },
        { stream: "S", seq: 25, batch: "b", count: 25 },
      ]);
    }));
}

test("nothing is acknowledged before it is durable", () =>
  withJetStream(async (server) => {
    await createStream(server);
    const publisher = new Publisher(server, "b", "fail", 1);
    publisher.sendAll(1, 3);
    publisher.send(3, PING);
    publisher.send(4, END);
    assert.deepEqual(publisher.rest(), [{ type: "ack", seq: 0, msgs: 1 }], "the flow only");
    const log = server.jetstream.stream("S")?.log;
    assert.deepEqual(await publisher.next(), { type: "ack", seq: 1, msgs: 1 });
    assert.equal(log?.committedSequence, 3);
    await server.advance(100);
    assert.deepEqual(publisher.rest(), [
      { type: "ack", seq: 2, msgs: 1 },
      { type: "ack", seq: 3, msgs: 1 },
      { type: "ack", seq: 3, msgs: 1 },
      { stream: "S", seq: 3, batch: "b", count: 3 },
    ]);
  }));

test("a duplicate counts once its original is durable", () =>
  withJetStream(async (server) => {
    await createStream(server);
    const publisher = new Publisher(server, "b", "fail", 1);
    const once = { "Nats-Msg-Id": "once" };
    publisher.sendAll(1, 1);
    await server.advance(100);
    publisher.rest();
    const original = server.ask("s.a", "", once);
    publisher.send(2, APPEND, once);
    publisher.send(3, END);
    assert.deepEqual(publisher.rest(), []);
    assert.equal(original.received.length, 0);
    await server.advance(100);
    assert.deepEqual(publisher.rest(), [
      { type: "ack", seq: 2, msgs: 1 },
      { stream: "S", seq: 1, batch: "b", count: 2 },
    ]);
  }));

test("what a power cut takes was not acknowledged", async () => {
  for (let events = 0; ; events += 3) {
    const world = new SimWorld("fast power cut");
    const server = await world.play(async () => {
      const opened = await TestJetStream.open(world);
      await createStream(opened);
      return opened;
    });
    const publisher = new Publisher(server, "b", "fail", 4);
    let sent = 0;
    // As publishers do: no more than two acknowledgements ahead.
    const go = (): void => {
      const acknowledged = Math.max(
        0,
        ...publisher.inbox.received.map(({ payload }) => JSON.parse(payload).seq),
      );
      const to = Math.min(acknowledged + 8, 60);
      publisher.sendAll(sent + 1, to);
      sent = Math.max(sent, to);
    };
    go();
    let left = events;
    let end = "events";
    while (left-- > 0 && end !== "idle") {
      end = await world.run({ events: 1 });
      go();
    }
    const acknowledged = Math.max(
      ...publisher.inbox.received.map(({ payload }) => JSON.parse(payload).seq),
    );
    const disk = server.host.crash();
    await world.play(async () => {
      const again = await TestJetStream.open(world, disk);
      const { messages } = (await again.ok("STREAM.INFO.S")).state;
      assert.ok(messages >= acknowledged, `${messages} of ${acknowledged} after ${events} events`);
      await again.close();
    });
    if (end === "idle") break;
  }
});

test("messages of a batch are stored among others, in their order", () =>
  withJetStream(async (server) => {
    await createStream(server, { allow_direct: true });
    const publisher = new Publisher(server, "b");
    for (let sequence = 1; sequence <= 5; sequence++) {
      publisher.send(sequence, sequence === 1 ? START : APPEND);
      server.send("s.other");
    }
    publisher.send(6, END);
    await server.advance(100);
    assert.deepEqual(publisher.rest().at(-1), { stream: "S", seq: 9, batch: "b", count: 5 });
    for (let sequence = 1; sequence <= 5; sequence++) {
      const request = JSON.stringify({ seq: sequence * 2 - 1 });
      const { payload } = await server.request("$JS.API.DIRECT.GET.S", request);
      assert.equal(payload, `b ${sequence}`);
    }
  }));

test("a batch that nothing comes to is forgotten, without a word; a ping keeps it", () =>
  withJetStream(async (server) => {
    await createStream(server);
    const advisories = server.subscribe("$JS.EVENT.ADVISORY.STREAM.BATCH_ABANDONED.>");
    const [kept, lost] = [new Publisher(server, "kept"), new Publisher(server, "lost")];
    kept.sendAll(1, 1);
    lost.sendAll(1, 1);
    await server.advance(6_000);
    kept.send(1, PING);
    await server.advance(6_000);
    kept.rest();
    lost.rest();
    kept.send(2, COMMIT);
    lost.send(2, COMMIT);
    await server.advance(100);
    assert.deepEqual(kept.rest(), [{ stream: "S", seq: 3, batch: "kept", count: 2 }]);
    assert.equal(lost.rest()[0].error.err_code, 10208);
    assert.deepEqual(advisories.received, []);
    assert.equal((await server.ok("STREAM.INFO.S")).state.messages, 3);
  }));

test("a stream and a server hold so many open batches", () =>
  withJetStream(async (server) => {
    await createStream(server, { storage: "memory" });
    for (let index = 0; index < 1_000; index++) new Publisher(server, `b${index}`).sendAll(1, 1);
    const late = new Publisher(server, "late");
    late.sendAll(1, 1);
    assert.equal(late.rest()[0].error.err_code, 10211);
    const { ingest } = server.jetstream.services;
    assert.equal(ingest.fastBatches, 1_000);
    await server.ok("STREAM.DELETE.S");
    assert.equal(ingest.fastBatches, 0);
    await createStream(server);
    ingest.fastBatches = 50_000;
    late.sendAll(1, 1);
    assert.equal(late.rest()[0].error.err_code, 10211);
    ingest.fastBatches = 0;
  }));

test("counters that must be read first keep the order of a batch", () =>
  withJetStream(async (server) => {
    await createStream(server, { allow_msg_counter: true });
    await server.publish("s.a", "", { "Nats-Incr": "5" });
    const again = await server.restart();
    const publisher = new Publisher(again, "b", "fail", 1);
    const one = { "Nats-Incr": "1" };
    const send = (sequence: number, operation: number): void => {
      const reply = `_INBOX.fast.b.1.fail.${sequence}.${operation}.$FI`;
      again.send("s.a", "", one, reply);
    };
    send(1, START);
    send(2, APPEND);
    send(3, COMMIT);
    await again.advance(1_000);
    assert.deepEqual(publisher.rest().at(-1), { stream: "S", seq: 4, batch: "b", count: 3 });
    assert.equal((await again.publish("s.a", "", one)).val, "9");
    return again;
  }));
