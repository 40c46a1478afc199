import assert from "node:assert/strict";
import { test } from "node:test";
import type { Received } from "../support/inbox.ts";
import { type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

async function fiveMessages(server: TestJetStream): Promise<void> {
  await server.createStream("S", { allow_direct: true });
  for (const subject of ["s.a", "s.b", "s.a", "s.c", "s.b"]) {
    await server.publish(subject, `of ${subject}`);
    await server.advance(0.25);
  }
}

function get(server: TestJetStream, request: object): Promise<Received> {
  return server.request("$JS.API.DIRECT.GET.S", JSON.stringify(request));
}

async function batch(server: TestJetStream, request: object): Promise<string[]> {
  const inbox = server.ask("$JS.API.DIRECT.GET.S", JSON.stringify(request));
  const lines: string[] = [];
  for (;;) {
    const { status, headers } = await inbox.next();
    const pending = headers.get("Nats-Num-Pending");
    if (status !== 0) {
      const last = headers.get("Nats-Last-Sequence");
      return [...lines, `${status} pending ${pending} last ${last}`];
    }
    lines.push(`${headers.get("Nats-Sequence")} pending ${pending}`);
  }
}

test("one message, by sequence, by subject and by time", () =>
  withJetStream(async (server) => {
    await fiveMessages(server);
    const second = await get(server, { seq: 2 });
    assert.equal(second.payload, "of s.b");
    assert.equal(second.headers.get("Nats-Subject"), "s.b");
    assert.equal(second.headers.get("Nats-Stream"), "S");
    const time = second.headers.get("Nats-Time-Stamp");
    const sequenceOf = async (request: object): Promise<string | undefined> =>
      (await get(server, request)).headers.get("Nats-Sequence");
    assert.equal(await sequenceOf({ last_by_subj: "s.a" }), "3");
    assert.equal(await sequenceOf({ last_by_subj: "s.*" }), "5");
    assert.equal(await sequenceOf({ seq: 3, next_by_subj: "s.b" }), "5");
    assert.equal(await sequenceOf({ start_time: time }), "2", "exact within a millisecond");
    assert.equal(await sequenceOf({ start_time: time, next_by_subj: "s.a" }), "3");
    assert.equal((await get(server, { seq: 9 })).status, 404);
    assert.equal((await get(server, { seq: 1, no_hdr: true })).headers.size, 0);
    const last = await server.request("$JS.API.DIRECT.GET.S.s.c");
    assert.equal(last.headers.get("Nats-Sequence"), "4");
  }));

test("a batch goes on from a place, filtered, and says how much is left", () =>
  withJetStream(async (server) => {
    await fiveMessages(server);
    assert.deepEqual(await batch(server, { seq: 2, batch: 2 }), [
      "2 pending 3",
      "3 pending 2",
      "204 pending 2 last 3",
    ]);
    assert.deepEqual(await batch(server, { seq: 1, next_by_subj: "s.b", batch: 10 }), [
      "2 pending 1",
      "5 pending 0",
      "204 pending 0 last 5",
    ]);
    assert.deepEqual(await batch(server, { seq: 1, batch: 10, max_bytes: 1 }), [
      "1 pending 4",
      "204 pending 4 last 1",
    ]);
    assert.deepEqual(await batch(server, { seq: 9, batch: 10 }), [
      "404 pending undefined last undefined",
    ]);
  }));

test("the last messages of several subjects, also as they were at an earlier time", () =>
  withJetStream(async (server) => {
    await fiveMessages(server);
    assert.deepEqual(await batch(server, { multi_last: ["s.a", "s.b"] }), [
      "3 pending 1",
      "5 pending 0",
      "204 pending 0 last 5",
    ]);
    assert.deepEqual(await batch(server, { multi_last: ["s.*"], up_to_seq: 3 }), [
      "2 pending 1",
      "3 pending 0",
      "204 pending 0 last 3",
    ]);
    assert.deepEqual(await batch(server, { multi_last: ["none"] }), [
      "404 pending undefined last undefined",
    ]);
  }));

test("requests that contradict themselves are refused", () =>
  withJetStream(async (server) => {
    await fiveMessages(server);
    for (const request of [
      { seq: 1, last_by_subj: "s.a" },
      { last_by_subj: "s.a", next_by_subj: "s.a" },
      { last_by_subj: "s.a", batch: 2 },
      { last_by_subj: "s.a", multi_last: ["s.b"] },
      { seq: 1, start_time: "2026-01-01T00:00:00Z" },
      { multi_last: ["s.b"], up_to_seq: 1, up_to_time: "2026-01-01T00:00:00Z" },
    ]) {
      const { status, headers } = await get(server, request);
      assert.deepEqual([status, headers.get("")], [408, "Bad Request"], JSON.stringify(request));
    }
  }));

test("a stream that is deleted or closed while somebody waits for its disk answers nobody for ever", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { allow_direct: true });
    server.send("s.a", "1");
    const inbox = server.ask("$JS.API.DIRECT.GET.S", JSON.stringify({ seq: 1 }));
    await server.ok("STREAM.DELETE.S");
    assert.equal((await inbox.next()).status, 404);
  }));

test("the last messages are those of one moment, though some are replaced while the disk is read", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { allow_direct: true, max_msgs_per_subject: 1 });
    const subjects = Array.from({ length: 20 }, (_, index) => `s.${index}`);
    for (const subject of subjects) await server.publish(subject, "old");
    const again = await server.restart();
    again.host.disk.slow("SEGMENT:READ", 5);
    const inbox = again.ask("$JS.API.DIRECT.GET.S", JSON.stringify({ multi_last: ["s.*"] }));
    for (const subject of subjects.slice(10)) again.send(subject, "new");
    const messages = await inbox.take(21);
    assert.equal(messages.at(-1)?.headers.get(""), "EOB");
    const found = messages.slice(0, -1).map(({ headers }) => headers.get("Nats-Subject"));
    assert.deepEqual(found.toSorted(), subjects.toSorted());
    return again;
  }));

test("a level of the API that is not there is refused before anything else", () =>
  withJetStream(async (server) => {
    await fiveMessages(server);
    const headers = { "Nats-Required-Api-Level": "99" };
    for (const [subject, body] of [
      ["$JS.API.DIRECT.GET.S", '{"seq":1}'],
      ["$JS.API.DIRECT.GET.S", ""],
      ["$JS.API.DIRECT.GET.S.s.a", ""],
    ] as const) {
      const answer = await server.request(subject, body, headers);
      assert.deepEqual([answer.status, answer.headers.get("")], [412, "Required Api Level"]);
    }
  }));
