import assert from "node:assert/strict";
import { test } from "node:test";
import type { Inbox, Received } from "../support/inbox.ts";
import { type Answer, type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

const MS = 1_000_000;
const SECOND = 1_000 * MS;
/** How long the disk takes in the tests that need time before it is done. */
const COMMIT_MS = 10_000;

async function streamOf(server: TestJetStream, config: object = {}): Promise<void> {
  await server.createStream("S", config);
  for (const payload of ["a", "b"]) await server.publish(`s.${payload}`, payload);
}

function slow(server: TestJetStream, extraMs: number): void {
  server.host.disk.slow("JOURNAL:COMMIT", extraMs);
}

/** Asks for a consumer that is pushed to `to` unless `config` says otherwise. */
function create(server: TestJetStream, config: object = {}): Inbox {
  const all = { durable_name: "c", deliver_subject: "to", ack_policy: "none", ...config };
  const body = { stream_name: "S", config: all };
  return server.ask("$JS.API.CONSUMER.CREATE.S.c", JSON.stringify(body));
}

function createPulled(server: TestJetStream): Inbox {
  return create(server, { deliver_subject: undefined, ack_policy: "explicit" });
}

async function answerOf(inbox: Inbox): Promise<{ at: Received; answer: Answer }> {
  const at = await inbox.next();
  return { at, answer: JSON.parse(at.payload) };
}

function payloads(messages: readonly Received[]): string[] {
  return messages.map(({ payload }) => payload);
}

for (const storage of ["file", "memory"]) {
  test(`nothing is pushed before who creates the consumer has the answer (${storage})`, () =>
    withJetStream(async (server) => {
      await streamOf(server, { storage });
      const everything = server.subscribe(">");
      const inbox = server.subscribe("to");
      const asked = create(server);
      const { answer } = await answerOf(asked);
      assert.equal(answer.num_pending, 2);
      assert.equal(answer.delivered.consumer_seq, 0);
      assert.equal(answer.push_bound, true);
      assert.deepEqual(payloads(await inbox.take(2)), ["a", "b"]);
      const order = everything.received.map(({ subject }) => subject);
      const seen = [asked.subject, "s.a", "s.b"];
      assert.deepEqual(
        order.filter((subject) => seen.includes(subject)),
        seen,
      );
    }));

  test(`pull requests wait until their consumer is known of (${storage})`, () =>
    withJetStream(async (server) => {
      await streamOf(server, { storage });
      const everything = server.subscribe("_INBOX.*");
      const asked = createPulled(server);
      const waits = server.pull("S", "c", { batch: 1, expires: 60 * SECOND });
      const now = server.pull("S", "c", { batch: 1, no_wait: true });
      assert.deepEqual([waits.received, now.received], [[], []]);
      assert.deepEqual(payloads([await waits.next(), await now.next()]), ["a", "b"]);
      const first = everything.received.find(({ payload }) => payload !== "");
      assert.equal(first?.payload, (await asked.next()).payload);
    }));
}

test("nothing is delivered for as long as the disk takes, messages that come meanwhile neither", () =>
  withJetStream(async (server) => {
    await streamOf(server);
    slow(server, COMMIT_MS);
    const inbox = server.subscribe("to");
    const asked = create(server);
    await server.advance(COMMIT_MS / 2);
    const late = server.subscribe("to");
    server.send("s.c", "c");
    const moved = server.ask("$JS.API.CONSUMER.RESET.S.c");
    await server.advance(COMMIT_MS / 2 - 1);
    assert.deepEqual([asked.received, inbox.received, late.received], [[], [], []]);
    const { at } = await answerOf(asked);
    const [first] = await inbox.take(3);
    assert.ok((first?.atMs ?? 0) >= at.atMs);
    assert.deepEqual(payloads(inbox.received).slice(0, 2), ["a", "b"]);
    assert.deepEqual(payloads(late.received).slice(0, 2), ["a", "b"]);
    await moved.next();
    slow(server, 0);
  }));

test("a pull request ends in time though the disk takes longer than it waits", () =>
  withJetStream(async (server) => {
    await streamOf(server);
    slow(server, COMMIT_MS);
    const asked = createPulled(server);
    const inbox = server.pull("S", "c", { batch: 1, expires: SECOND });
    assert.equal((await inbox.next()).status, 408);
    assert.deepEqual(asked.received, []);
    await asked.next();
    slow(server, 0);
    assert.equal((await server.pull("S", "c").next()).payload, "a");
  }));

test("a consumer that exists goes on delivering while a change of it waits for the disk", () =>
  withJetStream(async (server) => {
    await streamOf(server);
    await create(server).next();
    slow(server, COMMIT_MS);
    const changed = create(server, { description: "changed" });
    const inbox = server.subscribe("to");
    assert.deepEqual(payloads(await inbox.take(2)), ["a", "b"]);
    assert.deepEqual(changed.received, []);
    assert.equal((await answerOf(changed)).answer.config.description, "changed");
    slow(server, 0);
  }));

test("who asks for a consumer that somebody else is creating finds it and holds nothing up", () =>
  withJetStream(async (server) => {
    await streamOf(server);
    const inbox = server.subscribe("to");
    const answers = [create(server), create(server)];
    for (const each of answers) assert.equal((await answerOf(each)).answer.error, undefined);
    assert.deepEqual(payloads(await inbox.take(2)), ["a", "b"]);
    await server.advance(10_000);
    assert.equal(inbox.received.length, 2);
  }));

test("heartbeats begin with the answer, an interval later", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    slow(server, COMMIT_MS);
    const inbox = server.subscribe("to");
    const { at } = await answerOf(create(server, { idle_heartbeat: SECOND }));
    const beat = await inbox.next();
    assert.equal(beat.status, 100);
    assert.equal(Math.round(beat.atMs - at.atMs), 1_000);
    slow(server, 0);
  }));

test("a consumer does not go for want of use before its creator knows of it", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    slow(server, COMMIT_MS);
    await create(server, { inactive_threshold: 5 * SECOND }).next();
    slow(server, 0);
    await server.advance(4_900);
    await server.ok("CONSUMER.INFO.S.c");
    await server.advance(101);
    assert.equal((await server.api("CONSUMER.INFO.S.c")).error.err_code, 10014);
  }));

test("a consumer may be deleted while its creation waits for the disk", () =>
  withJetStream(async (server) => {
    await streamOf(server);
    const inbox = server.subscribe("to");
    const asked = create(server, { idle_heartbeat: SECOND, inactive_threshold: SECOND });
    const deleted = server.ask("$JS.API.CONSUMER.DELETE.S.c");
    assert.equal((await answerOf(deleted)).answer.success, true);
    await asked.next();
    await server.advance(10_000);
    assert.deepEqual(inbox.received, []);
  }));

test("where the disk fails, the creator gets the error, and nobody a message", () =>
  withJetStream(async (server) => {
    await streamOf(server);
    const inbox = server.subscribe("to");
    const { disk } = server.host;
    disk.failAt("JOURNAL:COMMIT", disk.callCount("JOURNAL:COMMIT") + 1, "EIO", true);
    const pushed = create(server, { idle_heartbeat: SECOND });
    const body = { stream_name: "S", config: { durable_name: "d", ack_policy: "explicit" } };
    const pulled = server.ask("$JS.API.CONSUMER.CREATE.S.d", JSON.stringify(body));
    const now = server.pull("S", "d", { batch: 1, no_wait: true });
    const waits = server.pull("S", "d", { batch: 1, expires: SECOND });
    for (const each of [pushed, pulled]) {
      assert.equal((await answerOf(each)).answer.error.err_code, 10029);
    }
    await server.advance(60_000);
    assert.deepEqual(inbox.received, []);
    assert.deepEqual(
      [await now.next(), await waits.next()].map(({ status }) => status),
      [404, 408],
    );
    await server.close().catch(() => {});
    return server.startedAgain();
  }));

for (let seed = 1; seed <= 10; seed++) {
  test(`after a crash during its creation, nobody got a message of the consumer (${seed})`, () =>
    withJetStream(async (server) => {
      await streamOf(server);
      slow(server, COMMIT_MS);
      const inbox = server.subscribe("to");
      const asked = create(server);
      await server.advance(COMMIT_MS / 2);
      assert.deepEqual([asked.received, inbox.received], [[], []]);
      const next = await server.crash();
      const again = next.subscribe("to");
      const { error } = await next.api("CONSUMER.INFO.S.c");
      // What lay on the disk by chance may be there; then it serves without being asked for again.
      if (error === undefined) assert.deepEqual(payloads(await again.take(2)), ["a", "b"]);
      else assert.equal(error.err_code, 10014);
      return next;
    }, seed));
}

test("a consumer that was created before a crash serves after it", () =>
  withJetStream(async (server) => {
    await streamOf(server);
    await create(server, { idle_heartbeat: SECOND }).next();
    const next = await server.crash();
    const inbox = next.subscribe("to");
    assert.deepEqual(payloads(await inbox.take(2)), ["a", "b"]);
    assert.equal((await inbox.next()).status, 100);
    return next;
  }));
