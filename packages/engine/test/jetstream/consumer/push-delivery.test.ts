import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageView } from "../../../src/routing/message.ts";
import { Subscription } from "../../../src/routing/subscription.ts";
import type { Inbox, Received } from "../support/inbox.ts";
import { type Answer, type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

const MS = 1_000_000;
const SECOND = 1_000 * MS;

async function streamOf(server: TestJetStream, payloads: readonly string[]): Promise<void> {
  await server.createStream("S");
  for (const payload of payloads) await server.publish(`s.${payload}`, payload);
}

function push(server: TestJetStream, config: object = {}): Promise<Answer> {
  return server.createConsumer("S", "c", { deliver_subject: "to", ack_policy: "none", ...config });
}

function info(server: TestJetStream): Promise<Answer> {
  return server.ok("CONSUMER.INFO.S.c");
}

function payloads(messages: readonly Received[]): string[] {
  return messages.map(({ payload }) => payload);
}

/** A subscriber that treats those who publish to it as its `onMessage` says. */
class Reader extends Subscription {
  readonly payloads: string[] = [];
  readonly #onMessage: (message: MessageView) => void;

  constructor(subject: string, onMessage: (message: MessageView) => void) {
    super(subject, "");
    this.#onMessage = onMessage;
  }

  override deliver(message: MessageView): boolean {
    const { payloadBuffer, payloadStart, payloadEnd } = message;
    this.payloads.push(payloadBuffer.toString("utf8", payloadStart, payloadEnd));
    this.#onMessage(message);
    return true;
  }
}

test("messages go to the subject as long as somebody subscribes to exactly that", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a", "b"]);
    const wild = server.subscribe("t*");
    const everything = server.subscribe("*");
    await push(server);
    assert.equal((await info(server)).push_bound, undefined);
    const inbox = server.subscribe("to");
    const [first] = await inbox.take(2);
    assert.match(first?.reply ?? "", /^\$JS\.ACK\.S\.c\.1\.1\.1\.\d{19}\.1$/);
    assert.equal(first?.subject, "s.a");
    assert.equal((await info(server)).push_bound, true);
    await server.publish("s.c", "c");
    assert.deepEqual(payloads([await inbox.next()]), ["c"]);
    inbox.close();
    await server.publish("s.d", "d");
    assert.equal((await info(server)).push_bound, undefined);
    assert.equal((await info(server)).num_pending, 1);
    const again = server.subscribe("to");
    assert.deepEqual(payloads([await again.next()]), ["d"]);
    assert.deepEqual(wild.received, []);
    assert.deepEqual(payloads(everything.received.filter(({ subject }) => /^s/.test(subject))), [
      ..."abcd",
    ]);
  }));

test("members of the consumer's queue group share the messages; without one nothing is sent", () =>
  withJetStream(async (server) => {
    await streamOf(server, [..."abcdefghij"]);
    await push(server, { deliver_group: "g" });
    const outside = server.subscribe("to");
    await server.advance(1_000);
    assert.deepEqual(outside.received, []);
    const members = [server.subscribe("to", "g"), server.subscribe("to", "g")];
    await outside.take(10);
    const got = members.flatMap(({ received }) => payloads(received));
    assert.deepEqual(got.sort(), [..."abcdefghij"]);
    assert.ok(members.every(({ received }) => received.length > 0));
  }));

test("an ephemeral goes a threshold after the last subscriber has, and not before", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a"]);
    const inbox = server.subscribe("to");
    const config = { deliver_subject: "to", inactive_threshold: 5 * SECOND };
    const { name } = await server.ok("CONSUMER.CREATE.S", { stream_name: "S", config });
    await server.advance(60_000);
    inbox.close();
    await server.advance(4_000);
    const back = server.subscribe("to");
    await server.advance(60_000);
    await server.ok(`CONSUMER.INFO.S.${name}`);
    back.close();
    await server.advance(4_999);
    await server.ok(`CONSUMER.INFO.S.${name}`);
    await server.advance(2);
    assert.equal((await server.api(`CONSUMER.INFO.S.${name}`)).error.err_code, 10014);
  }));

test("an ephemeral that nobody ever subscribes to goes, too", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    const config = { deliver_subject: "to" };
    const { name } = await server.ok("CONSUMER.CREATE.S", { stream_name: "S", config });
    await server.advance(5_001);
    assert.equal((await server.api(`CONSUMER.INFO.S.${name}`)).error.err_code, 10014);
  }));

test("heartbeats come when nothing else does, and say how far the consumer is", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a", "b"]);
    const inbox = server.subscribe("to");
    await push(server, { idle_heartbeat: SECOND, filter_subject: "s.a" });
    const message = await inbox.next();
    const [first, second] = (await inbox.take(2)) as [Received, Received];
    assert.equal(first.status, 100);
    assert.equal(first.headers.get(""), "Idle Heartbeat");
    assert.deepEqual(
      [first.headers.get("Nats-Last-Consumer"), first.headers.get("Nats-Last-Stream")],
      ["1", "2"],
    );
    assert.deepEqual([first.subject, first.reply, first.payload], ["to", "", ""]);
    // Virtual time has fractions, whose differences are rounded.
    const gaps = [first.atMs - message.atMs, second.atMs - first.atMs];
    assert.deepEqual(gaps.map(Math.round), [1_000, 1_000]);
    await server.advance(500);
    await server.publish("s.a", "again");
    const next = await inbox.next();
    assert.equal(next.payload, "again");
    assert.equal(Math.round((await inbox.next()).atMs - next.atMs), 1_000);
    inbox.close();
    const count = inbox.received.length;
    await server.advance(10_000);
    assert.equal(inbox.received.length, count);
  }));

/** Publishes `count` messages of 100 kB. */
async function fill(server: TestJetStream, count: number): Promise<void> {
  const payload = Buffer.alloc(100_000, "x");
  for (let i = 0; i < count; i++) await server.publish("s.x", payload);
}

test("flow control asks at half a window, stops at a full one, and doubles it when answered", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    await fill(server, 100);
    const inbox = server.subscribe("to");
    await push(server, { flow_control: true, idle_heartbeat: SECOND });
    await server.advance(500);
    const before = inbox.rest();
    const request = before.findIndex(({ status }) => status === 100);
    assert.equal(request, 11, "1 MiB was sent");
    assert.equal(before.length, 22, "2 MiB and the request");
    const { reply, headers } = before[request] as Received;
    assert.equal(headers.get(""), "FlowControl Request");
    assert.match(reply, /^\$JS\.FC\.S\.c\.[0-9A-Za-z]{4}$/);
    const stalled = await inbox.next();
    assert.equal(stalled.headers.get("Nats-Consumer-Stalled"), reply);
    server.send("$JS.FC.S.c.none");
    await server.advance(100);
    assert.deepEqual(inbox.rest(), []);
    server.send(reply);
    await server.advance(500);
    // 1 MiB is answered for; the window is 4 MiB now, and the next request comes at once.
    const after = inbox.rest();
    assert.equal(after.filter(({ status }) => status === 0).length, 32);
    assert.equal(
      after.findIndex(({ status }) => status === 100),
      11,
    );
    server.send(after[11]?.reply ?? "");
    server.send(reply);
    await server.advance(500);
    assert.equal(inbox.rest().filter(({ status }) => status === 0).length, 47);
  }));

test("a client that answers each request gets everything, in order", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    await fill(server, 300);
    const sequences: number[] = [];
    let requestCount = 0;
    const reader = new Reader("to", (message) => {
      const reply = message.replyText();
      if (reply.startsWith("$JS.ACK.")) sequences.push(Number(reply.split(".")[5]));
      else requestCount++;
      if (reply.startsWith("$JS.FC.")) server.send(reply);
    });
    server.account.subscribe(reader);
    await push(server, { flow_control: true, idle_heartbeat: 60 * SECOND });
    await server.advance(5_000);
    assert.deepEqual(
      sequences,
      sequences.map((_, index) => index + 1),
    );
    assert.equal(sequences.length, 300);
    assert.ok(requestCount > 2 && requestCount < 20, `${requestCount} requests`);
    assert.equal((await info(server)).num_pending, 0);
    server.account.unsubscribe(reader);
  }));

test("the rate limit spreads messages over time", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { max_msg_size: 100_000 });
    await fill(server, 5);
    const inbox = server.subscribe("to");
    await push(server, { rate_limit_bps: 8 * 50_000 });
    const times = (await inbox.take(5)).map(({ atMs }) => atMs);
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] as number));
    // The first is the burst; each other one waits for its bytes.
    assert.ok(
      gaps.every((gap) => gap >= 2_000 && gap < 2_100),
      `gaps of ${gaps}`,
    );
  }));

test("a slow subscriber holds the deliveries up, and a moment later they go on", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a", "b", "c"]);
    const reader = new Reader("to", ({ source }) => source?.stall());
    server.account.subscribe(reader);
    await push(server);
    await server.advance(5);
    assert.deepEqual(reader.payloads, ["a"]);
    await server.advance(10);
    assert.deepEqual(reader.payloads, ["a", "b"]);
    await server.advance(10);
    assert.deepEqual(reader.payloads, ["a", "b", "c"]);
    server.account.unsubscribe(reader);
  }));

test("headers_only leaves the payload out and says how large it is", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    await server.publish("s.a", "hello");
    await server.publish("s.b", "hello!", { A: "b" });
    const inbox = server.subscribe("to");
    await push(server, { headers_only: true });
    const [first, second] = await inbox.take(2);
    assert.deepEqual([first?.payload, [...(first?.headers ?? [])]], ["", [["Nats-Msg-Size", "5"]]]);
    assert.deepEqual(
      [...(second?.headers ?? [])],
      [
        ["A", "b"],
        ["Nats-Msg-Size", "6"],
      ],
    );
  }));

test("replay_policy original keeps the pauses between the messages", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    for (const payload of ["a", "b", "c"]) {
      await server.publish("s.x", payload);
      await server.advance(700);
    }
    const inbox = server.subscribe("to");
    await push(server, { replay_policy: "original" });
    const times = (await inbox.take(3)).map(({ atMs }) => atMs);
    for (const [index, atMs] of times.slice(1).entries()) {
      const gap = atMs - (times[index] as number);
      assert.ok(gap >= 700 && gap < 710, `a gap of ${gap}`);
    }
  }));

test("what is not acknowledged is delivered again, up to max_ack_pending at a time", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a", "b", "c"]);
    const inbox = server.subscribe("to");
    await push(server, { ack_policy: "explicit", ack_wait: SECOND, max_ack_pending: 2 });
    const [a, b] = (await inbox.take(2)) as [Received, Received];
    await server.advance(500);
    assert.deepEqual(inbox.rest(), []);
    await server.request(b.reply);
    const c = await inbox.next();
    assert.equal(c.payload, "c");
    await server.request(c.reply);
    const again = await inbox.next();
    assert.equal(again.payload, "a");
    assert.ok(again.atMs - a.atMs >= 1_000);
    assert.match(again.reply, /^\$JS\.ACK\.S\.c\.2\.1\.4\./);
    await server.request(again.reply);
    assert.equal((await info(server)).num_ack_pending, 0);
  }));

test("another deliver_subject is taken when nobody is bound, and gets what is pending", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a", "b"]);
    const inbox = server.subscribe("to");
    await push(server, { ack_policy: "explicit" });
    await inbox.take(2);
    const config = { durable_name: "c", deliver_subject: "elsewhere", ack_policy: "explicit" };
    const body = { stream_name: "S", config };
    assert.equal((await server.api("CONSUMER.CREATE.S.c", body)).error.err_code, 10013);
    inbox.close();
    const other = server.subscribe("elsewhere");
    const answer = await server.ok("CONSUMER.CREATE.S.c", body);
    assert.equal(answer.push_bound, true);
    const again = await other.take(2);
    assert.deepEqual(payloads(again), ["a", "b"]);
    assert.ok(again.every(({ reply }) => reply.startsWith("$JS.ACK.S.c.2.")));
    await server.publish("s.c", "c");
    assert.deepEqual(payloads([await other.next()]), ["c"]);
  }));

test("pull requests are told that the consumer pushes, also after an acknowledgement", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a"]);
    const inbox = server.subscribe("to");
    await push(server, { ack_policy: "explicit" });
    const { reply } = await inbox.next();
    for (const asked of [server.pull("S", "c"), server.ask(reply, "+NXT")]) {
      const answer = await asked.next();
      assert.deepEqual([answer.status, answer.headers.get("")], [409, "Consumer is push based"]);
    }
    assert.equal((await info(server)).num_ack_pending, 0);
  }));

test("a durable push consumer goes on where it was after a crash", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a", "b"]);
    const inbox = server.subscribe("to");
    await push(server, { ack_policy: "explicit", ack_wait: SECOND });
    const [a] = (await inbox.take(2)) as [Received, Received];
    await server.request(a.reply);
    const next = await server.crash();
    const again = next.subscribe("to");
    await next.publish("s.c", "c");
    assert.deepEqual(payloads(await again.take(2)), ["c", "b"]);
    return next;
  }));

/** Answers each flow control request as a mirror does: with how far it has stored. */
function storingReader(server: TestJetStream): Reader {
  let [consumer, stream] = ["0", "0"];
  return new Reader("to", (message) => {
    const reply = message.replyText();
    if (reply.startsWith("$JS.ACK.")) {
      stream = reply.split(".")[5] ?? "";
      consumer = reply.split(".")[6] ?? "";
    } else if (reply !== "") {
      const headers = { "Nats-Last-Consumer": consumer, "Nats-Last-Stream": stream };
      server.send(reply, "", headers);
    }
  });
}

test("with ack_policy flow_control its answers acknowledge, at the latest on a heartbeat", () =>
  withJetStream(async (server) => {
    await streamOf(server, [..."abcde"]);
    const reader = storingReader(server);
    server.account.subscribe(reader);
    await push(server, { ack_policy: "flow_control", max_ack_pending: 2 });
    await server.advance(900);
    assert.deepEqual(
      reader.payloads.filter((text) => text.length === 1),
      [..."abcde"],
    );
    assert.equal((await info(server)).num_ack_pending, 1);
    await server.advance(1_100);
    const state = await info(server);
    assert.equal(state.num_ack_pending, 0);
    assert.deepEqual([state.ack_floor.consumer_seq, state.ack_floor.stream_seq], [5, 5]);
    await server.advance(120_000);
    assert.equal((await info(server)).num_redelivered, 0);
    server.account.unsubscribe(reader);
  }));

test("an answer that claims more than was delivered acknowledges nothing", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a", "b"]);
    const inbox = server.subscribe("to");
    await push(server, { ack_policy: "flow_control", max_ack_pending: 2 });
    const request = await requestIn(inbox);
    const headers = { "Nats-Last-Consumer": "9", "Nats-Last-Stream": "9" };
    server.send(request.reply, "", headers);
    assert.equal((await info(server)).num_ack_pending, 2);
    const next = await requestIn(inbox);
    server.send(next.reply, "", { "Nats-Last-Consumer": "x", "Nats-Last-Stream": "-1" });
    assert.equal((await info(server)).num_ack_pending, 2);
  }));

async function requestIn(inbox: Inbox): Promise<Received> {
  for (;;) {
    const message = await inbox.next();
    if (message.reply.startsWith("$JS.FC.")) return message;
  }
}
