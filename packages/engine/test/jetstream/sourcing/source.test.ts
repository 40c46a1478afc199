import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer, TestJetStream } from "../support/test-jetstream.ts";
import { withJetStream } from "../support/test-jetstream.ts";

/**
 * Goal: each message of a source is in the stream once, and says where it is from, whatever stops in between. Method:
 * sources of every kind in virtual time, with crashes and restarts at awkward moments.
 */
const SETTLE_MS = 500;
const SOURCE = "Nats-Stream-Source";

interface Stored {
  readonly subject: string;
  readonly payload: string;
  readonly source: string;
}

/** What a stream holds, in its order. */
async function contentOf(server: TestJetStream, name: string): Promise<Stored[]> {
  const { state } = await server.ok(`STREAM.INFO.${name}`);
  const content: Stored[] = [];
  for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
    const { message } = await server.api(`STREAM.MSG.GET.${name}`, { seq });
    if (message !== undefined) content.push(storedOf(message));
  }
  return content;
}

function storedOf({ subject, data = "", hdrs = "" }: Answer): Stored {
  const headers = Buffer.from(hdrs, "base64").toString();
  const source = new RegExp(`^${SOURCE}: (.*)\r$`, "m").exec(headers)?.[1] ?? "";
  return { subject, payload: Buffer.from(data, "base64").toString(), source };
}

function createSourced(server: TestJetStream, sources: object[], config: object = {}) {
  return server.ok("STREAM.CREATE.S", { name: "S", sources, ...config });
}

async function publishSome(
  server: TestJetStream,
  count: number,
  from = 0,
  prefix = "o",
): Promise<void> {
  for (let i = from; i < from + count; i++) await server.publish(`${prefix}.${i}`, `${prefix}${i}`);
}

const payloads = (content: readonly Stored[]): string[] => content.map(({ payload }) => payload);

describe("a source", () => {
  test("brings in what another stream has, and says where it is from", () =>
    withJetStream(async (server) => {
      await server.createStream("O");
      await publishSome(server, 2);
      const { sources } = await createSourced(server, [{ name: "O" }]);
      assert.deepEqual(sources, [{ name: "O", lag: 0, active: -1 }]);
      await server.advance(SETTLE_MS);
      await server.publish("o.h", "x", { Own: "1", "Nats-Expected-Stream": "O" });
      assert.deepEqual(await contentOf(server, "S"), [
        { subject: "o.0", payload: "o0", source: "O 1 > > o.0" },
        { subject: "o.1", payload: "o1", source: "O 2 > > o.1" },
        { subject: "o.h", payload: "x", source: "O 3 > > o.h" },
      ]);
      const { message } = await server.ok("STREAM.MSG.GET.S", { seq: 3 });
      const headers = Buffer.from(message.hdrs, "base64").toString();
      assert.equal(headers, `NATS/1.0\r\nOwn: 1\r\n${SOURCE}: O 3 > > o.h\r\n\r\n`);
    }));

  test("stands beside others, of the same stream too, and beside publishers", () =>
    withJetStream(async (server) => {
      await server.createStream("O");
      await server.createStream("P");
      await publishSome(server, 3);
      await publishSome(server, 2, 0, "p");
      await createSourced(
        server,
        [
          { name: "O", filter_subject: "o.1" },
          { name: "O", subject_transforms: [{ src: "o.2", dest: "two.{{partition(1,1)}}" }] },
          { name: "P", opt_start_seq: 2 },
        ],
        { subjects: ["own"] },
      );
      await server.publish("own", "own");
      await server.advance(SETTLE_MS);
      const content = await contentOf(server, "S");
      const sorted = content.sort((a, b) => (a.payload < b.payload ? -1 : 1));
      assert.deepEqual(sorted, [
        { subject: "o.1", payload: "o1", source: "O 2 o.1 > o.1" },
        { subject: "two.0", payload: "o2", source: "O 3 o.2 two.{{partition(1,1)}} o.2" },
        { subject: "own", payload: "own", source: "" },
        { subject: "p.1", payload: "p1", source: "P 2 > > p.1" },
      ]);
      const { sources } = await server.ok("STREAM.INFO.S");
      assert.deepEqual(
        sources.map(({ active, ...rest }: Answer) => rest),
        [
          { name: "O", lag: 0, filter_subject: "o.1" },
          {
            name: "O",
            lag: 0,
            subject_transforms: [{ src: "o.2", dest: "two.{{partition(1,1)}}" }],
          },
          { name: "P", lag: 0 },
        ],
      );
    }));

  for (const how of ["crash", "restart"] as const) {
    test(`goes on after a ${how} where it was, even if all it brought is gone`, () =>
      withJetStream(async (server) => {
        await server.createStream("O");
        await publishSome(server, 5);
        await createSourced(server, [{ name: "O" }]);
        await server.advance(SETTLE_MS);
        await server.ok("STREAM.PURGE.S");
        await publishSome(server, 2, 5);
        const again = how === "crash" ? await server.crash() : await server.restart();
        await publishSome(again, 2, 7);
        await again.advance(5_000);
        assert.deepEqual(payloads(await contentOf(again, "S")), ["o5", "o6", "o7", "o8"]);
        return again;
      }));
  }

  test("brings each message once, wherever a crash comes", () =>
    withJetStream(async (first) => {
      let server = first;
      await server.createStream("O");
      await createSourced(server, [{ name: "O" }]);
      for (let round = 0; round < 8; round++) {
        for (let i = 0; i < 20; i++) server.send(`o.${round}`, `${round}-${i}`);
        await server.advance(round * 37);
        for (let i = 20; i < 30; i++) server.send(`o.${round}`, `${round}-${i}`);
        server = await server.crash();
      }
      await server.advance(60_000);
      const origin = payloads(await contentOf(server, "O"));
      assert.deepEqual(payloads(await contentOf(server, "S")), origin);
      return server;
    }));

  test("is found in the messages where nothing else says how far it is", () =>
    withJetStream(async (first) => {
      let server = first;
      await server.createStream("O");
      await publishSome(server, 4);
      await createSourced(server, [{ name: "O" }, { name: "P" }], { subjects: ["own"] });
      await server.advance(SETTLE_MS);
      await server.publish("own", "own", { Own: "header" });
      await server.ok("STREAM.MSG.DELETE.S", { seq: 2 });
      server.store.state("sources/$G/S")?.delete();
      server = await server.restart();
      await publishSome(server, 1, 4);
      await server.advance(5_000);
      assert.deepEqual(payloads(await contentOf(server, "S")), ["o0", "o2", "o3", "own", "o4"]);
      return server;
    }));

  test("goes on where it was when it is taken out and put in again", () =>
    withJetStream(async (server) => {
      await server.createStream("O");
      await publishSome(server, 2);
      await createSourced(server, [{ name: "O" }], { subjects: ["own"] });
      await server.advance(SETTLE_MS);
      await server.ok("STREAM.UPDATE.S", { name: "S", subjects: ["own"] });
      await publishSome(server, 2, 2);
      await server.advance(SETTLE_MS);
      assert.deepEqual(payloads(await contentOf(server, "S")), ["o0", "o1"]);
      const sources = [{ name: "O" }];
      await server.ok("STREAM.UPDATE.S", { name: "S", subjects: ["own"], sources });
      await server.advance(SETTLE_MS);
      assert.deepEqual(payloads(await contentOf(server, "S")), ["o0", "o1", "o2", "o3"]);
    }));

  test("leaves out duplicates, and keeps lifetimes", () =>
    withJetStream(async (server) => {
      await server.createStream("O", { allow_msg_ttl: true });
      await server.createStream("P");
      const window = { duplicate_window: 60_000_000_000, allow_msg_ttl: true };
      await createSourced(server, [{ name: "O" }, { name: "P" }], window);
      await server.advance(SETTLE_MS);
      await server.publish("o.a", "first", { "Nats-Msg-Id": "same" });
      await server.publish("p.a", "second", { "Nats-Msg-Id": "same" });
      await server.publish("p.b", "third");
      await server.publish("o.b", "short", { "Nats-TTL": "5s" });
      assert.deepEqual(payloads(await contentOf(server, "S")), ["first", "third", "short"]);
      await server.advance(10_000);
      assert.deepEqual(payloads(await contentOf(server, "S")), ["first", "third"]);
    }));

  test("adds up counters of several streams, after a restart too", () =>
    withJetStream(async (first) => {
      let server = first;
      await server.createStream("O", { allow_msg_counter: true });
      await server.createStream("P", { allow_msg_counter: true });
      const transformed = (name: string, src: string): object => ({
        name,
        subject_transforms: [{ src: `${src}.>`, dest: "sum.>" }],
      });
      await createSourced(server, [transformed("O", "o"), transformed("P", "p")], {
        allow_msg_counter: true,
      });
      await server.advance(SETTLE_MS);
      await server.publish("o.a", "", { "Nats-Incr": "3" });
      await server.publish("p.a", "", { "Nats-Incr": "4" });
      server = await server.restart();
      await server.publish("o.a", "", { "Nats-Incr": "10" });
      await server.advance(5_000);
      await server.publish("p.a", "", { "Nats-Incr": "-2" });
      await server.advance(SETTLE_MS);
      const { message } = await server.ok("STREAM.MSG.GET.S", { last_by_subj: "sum.a" });
      assert.equal(storedOf(message).payload, '{"val":"15"}');
      return server;
    }));

  test("waits while its stream is full", () =>
    withJetStream(async (server) => {
      await server.createStream("O");
      await publishSome(server, 4);
      await createSourced(server, [{ name: "O" }], { max_msgs: 2, discard: "new" });
      await server.advance(5_000);
      assert.deepEqual(payloads(await contentOf(server, "S")), ["o0", "o1"]);
      await server.ok("STREAM.PURGE.S");
      await server.advance(5_000);
      assert.deepEqual(payloads(await contentOf(server, "S")), ["o2", "o3"]);
    }));

  test("empties a work queue once its messages are on disk", () =>
    withJetStream(async (first) => {
      let server = first;
      await server.createStream("O", { retention: "workqueue" });
      await publishSome(server, 3);
      await createSourced(server, [{ name: "O" }]);
      await server.advance(SETTLE_MS);
      server = await server.crash();
      await publishSome(server, 2, 3);
      await server.advance(10_000);
      assert.deepEqual(payloads(await contentOf(server, "S")), ["o0", "o1", "o2", "o3", "o4"]);
      assert.equal((await server.ok("STREAM.INFO.O")).state.messages, 0);
      return server;
    }));

  test("goes on behind what another stream brought, and names the last one only", () =>
    withJetStream(async (server) => {
      await server.createStream("O");
      await publishSome(server, 1);
      await createSourced(server, [{ name: "O" }]);
      await server.ok("STREAM.CREATE.T", { name: "T", sources: [{ name: "S" }] });
      await server.advance(5_000);
      assert.deepEqual(await contentOf(server, "T"), [
        { subject: "o.0", payload: "o0", source: "S 1 > > o.0" },
      ]);
    }));

  test("comes by a consumer that exists, which must be acknowledged by flow control", () =>
    withJetStream(async (first) => {
      let server = first;
      await server.createStream("O");
      await publishSome(server, 3);
      const pushed = { deliver_subject: "to.s", idle_heartbeat: 1_000_000_000, flow_control: true };
      await server.createConsumer("O", "C", { ...pushed, ack_policy: "flow_control" });
      await server.createConsumer("O", "WRONG", { ...pushed, ack_policy: "explicit" });
      const by = (name: string): object => ({
        name: "O",
        consumer: { name, deliver_subject: "to.s" },
      });
      await createSourced(server, [by("C")]);
      await server.ok("STREAM.CREATE.W", { name: "W", mirror: by("WRONG") });
      await server.advance(SETTLE_MS);
      const [stored] = await contentOf(server, "S");
      assert.match(stored?.source ?? "", /^O:C=\w{8} 1 > > o\.0$/);
      const { mirror } = await server.ok("STREAM.INFO.W");
      assert.equal(mirror.error.err_code, 10214);
      await server.advance(5_000);
      const consumer = await server.ok("CONSUMER.INFO.O.C");
      assert.equal(consumer.ack_floor.stream_seq, 3);
      server = await server.crash();
      await publishSome(server, 2, 3);
      await server.advance(5_000);
      assert.deepEqual(payloads(await contentOf(server, "S")), ["o0", "o1", "o2", "o3", "o4"]);
      await server.ok("STREAM.DELETE.S");
      await server.ok("CONSUMER.INFO.O.C");
      return server;
    }));

  test("may not lead back to itself", () =>
    withJetStream(async (server) => {
      await server.ok("STREAM.CREATE.A", { name: "A", subjects: ["a"], sources: [{ name: "B" }] });
      const { error } = await server.api("STREAM.CREATE.B", {
        name: "B",
        subjects: ["b"],
        sources: [{ name: "A" }],
      });
      assert.equal(error.description, "detected cycle");
    }));
});
