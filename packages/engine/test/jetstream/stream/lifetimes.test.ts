import assert from "node:assert/strict";
import { test } from "node:test";
import type { Received } from "../support/inbox.ts";
import { type Answer, type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

const config = { allow_msg_ttl: true, allow_direct: true };

function kept(server: TestJetStream): number[] {
  const sequences: number[] = [];
  server.jetstream.stream("S")?.log.forEach(0, (sequence) => sequences.push(sequence));
  return sequences;
}

function publish(server: TestJetStream, ttl: string, subject = "s.a"): Promise<Answer> {
  return server.publish(subject, "", ttl === "" ? {} : { "Nats-TTL": ttl });
}

function get(server: TestJetStream, seq: number): Promise<Received> {
  return server.request("$JS.API.DIRECT.GET.S", JSON.stringify({ seq }));
}

test("a message ends when its lifetime does, to the second", () =>
  withJetStream(async (server) => {
    await server.createStream("S", config);
    for (const ttl of ["2", "1s", "", "2500ms", "never"]) await publish(server, ttl);
    await server.advance(950);
    assert.deepEqual(kept(server), [1, 2, 3, 4, 5]);
    await server.advance(100);
    assert.deepEqual(kept(server), [1, 3, 4, 5]);
    await server.advance(1_000);
    assert.deepEqual(kept(server), [3, 5]);
    await server.advance(1_800_000);
    assert.deepEqual(kept(server), [3, 5]);
    assert.equal((await get(server, 5)).headers.get("Nats-TTL"), "never");
  }));

test("in memory, too, and in any order of ends", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { ...config, storage: "memory" });
    for (const ttl of ["9", "3", "6", "1", "8"]) await publish(server, ttl);
    const ends: (readonly [number, number])[] = [];
    for (let second = 1; second <= 9; second++) {
      await server.advance(1_000);
      ends.push([second, kept(server).length]);
    }
    assert.deepEqual(
      ends.map(([, left]) => left),
      [4, 4, 3, 3, 3, 2, 2, 1, 0],
    );
  }));

test("lifetimes go on through a crash, and end what ended while the server was down", () =>
  withJetStream(async (server) => {
    await server.createStream("S", config);
    for (const ttl of ["10", "5", "never", "20"]) await publish(server, ttl);
    const next = await server.crash();
    await next.advance(4_000);
    assert.deepEqual(kept(next), [1, 2, 3, 4]);
    await next.advance(1_100);
    assert.deepEqual(kept(next), [1, 3, 4]);
    await next.close();
    await next.advance(10_000);
    const last = await next.startedAgain();
    assert.deepEqual(kept(last), [3, 4]);
    await last.advance(6_000);
    assert.deepEqual(kept(last), [3]);
    return last;
  }));

test("a message that is never to end outlives the age limit, one with a lifetime does not", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { ...config, max_age: 2e9 });
    for (const ttl of ["never", "10", "", "1", "never"]) await publish(server, ttl);
    await server.advance(1_500);
    assert.deepEqual(kept(server), [1, 2, 3, 5]);
    await server.advance(1_000);
    assert.deepEqual(kept(server), [1, 5]);
    const next = await server.crash();
    await publish(next, "");
    await next.advance(2_500);
    assert.deepEqual(kept(next), [1, 5]);
    return next;
  }));

test("lifetimes are refused where they are not allowed, or no lifetimes", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    assert.equal((await publish(server, "5")).error.err_code, 10166);
    assert.equal((await publish(server, "never")).error.err_code, 10166);
    assert.equal((await publish(server, "soon")).error.err_code, 10165);
    await server.ok("STREAM.UPDATE.S", { name: "S", subjects: ["s.>"], allow_msg_ttl: true });
    for (const ttl of ["0", "999ms", "-1", "soon"]) {
      assert.equal((await publish(server, ttl)).error.err_code, 10165, ttl);
    }
    assert.equal((await publish(server, "5")).seq, 1);
  }));

test("a consumer hears of messages that end, as of any that are removed", () =>
  withJetStream(async (server) => {
    await server.createStream("S", config);
    await server.createConsumer("S", "c");
    for (const ttl of ["1", "2", ""]) await publish(server, ttl);
    await server.pull("S", "c").next();
    await server.advance(1_500);
    const info = await server.ok("CONSUMER.INFO.S.c");
    assert.deepEqual([info.num_ack_pending, info.num_pending], [0, 2]);
    await server.advance(1_000);
    assert.equal((await server.ok("CONSUMER.INFO.S.c")).num_pending, 1);
  }));

test("many messages that end at once leave in several turns", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { ...config, storage: "memory" });
    for (let i = 0; i < 25_000; i++) server.send("s.a", "", { "Nats-TTL": "1" });
    await server.advance(2_000);
    assert.equal(kept(server).length, 0);
  }));

test("a lifetime that a batch sets counts like any other", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { ...config, allow_atomic: true });
    const batch = (number: string, rest: Record<string, string>): Record<string, string> => ({
      "Nats-Batch-Id": "b",
      "Nats-Batch-Sequence": number,
      ...rest,
    });
    await server.request("s.a", "", batch("1", { "Nats-TTL": "1" }));
    await server.request("s.b", "", batch("2", {}));
    await server.publish("s.c", "", batch("3", { "Nats-TTL": "2", "Nats-Batch-Commit": "1" }));
    await server.advance(1_500);
    assert.deepEqual(kept(server), [2, 3]);
    await server.advance(1_000);
    assert.deepEqual(kept(server), [2]);
  }));
