import assert from "node:assert/strict";
import { test } from "node:test";
import { hashName } from "../../../src/routing/name-hash.ts";
import type { Received } from "../support/inbox.ts";
import { type Answer, type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

const MS = 1_000_000;

async function streamOf(server: TestJetStream, subjects: readonly string[]): Promise<void> {
  await server.createStream("S");
  for (const [index, subject] of subjects.entries()) await server.publish(subject, `${index + 1}`);
}

function info(server: TestJetStream): Promise<Answer> {
  return server.ok("CONSUMER.INFO.S.c");
}

function payloads(messages: readonly Received[]): string[] {
  return messages.map(({ payload }) => payload);
}

/** The how many-th delivery of its message this is. */
function deliveriesOf({ reply }: Received): number {
  return Number(reply.split(".")[4]);
}

test("messages are delivered, acknowledged and counted", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["s.a", "s.b", "s.c"]);
    await server.createConsumer("S", "c");
    const [first, second] = await server.pull("S", "c", { batch: 2 }).take(2);
    assert.match(first?.reply ?? "", /^\$JS\.ACK\.S\.c\.1\.1\.1\.\d{19}\.2$/);
    assert.match(second?.reply ?? "", /^\$JS\.ACK\.S\.c\.1\.2\.2\.\d{19}\.1$/);
    await server.request(first?.reply ?? "");
    const state = await info(server);
    assert.deepEqual([state.num_pending, state.num_ack_pending], [1, 1]);
    assert.deepEqual([state.ack_floor.consumer_seq, state.ack_floor.stream_seq], [1, 1]);
  }));

test("an acknowledgement with a reply is answered when it is durable, and not before", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["s.a"]);
    await server.createConsumer("S", "c");
    const message = await server.pull("S", "c").next();
    const confirmation = server.ask(message.reply);
    assert.equal(confirmation.received.length, 0);
    await confirmation.next();
    const next = await server.crash();
    assert.equal((await info(next)).num_ack_pending, 0);
    return next;
  }));

test("a double acknowledgement, a term and garbage are answered, too", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["s.a", "s.b"]);
    await server.createConsumer("S", "c");
    const [first, second] = await server.pull("S", "c", { batch: 2 }).take(2);
    await server.request(first?.reply ?? "", "+ACK");
    await server.request(first?.reply ?? "", "+ACK");
    await server.request(second?.reply ?? "", "+TERM poison");
    await server.request(second?.reply ?? "", "what?");
    assert.equal((await info(server)).num_ack_pending, 0);
  }));

test("last_per_subject delivers each subject's last message and then what comes", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["s.a", "s.b", "s.a", "s.c", "s.b"]);
    await server.createConsumer("S", "c", {
      deliver_policy: "last_per_subject",
      filter_subject: "s.*",
    });
    assert.equal((await info(server)).num_pending, 3);
    await server.publish("s.a", "6");
    assert.equal((await info(server)).num_pending, 4);
    // A message that was superseded, and one that was to be delivered, go.
    await server.ok("STREAM.MSG.DELETE.S", { seq: 1 });
    assert.equal((await info(server)).num_pending, 4);
    await server.ok("STREAM.MSG.DELETE.S", { seq: 4 });
    assert.equal((await info(server)).num_pending, 3);
    const inbox = server.pull("S", "c", { batch: 3 });
    assert.deepEqual(payloads(await inbox.take(3)), ["3", "5", "6"]);
    assert.equal((await info(server)).num_pending, 0);
  }));

test("last_per_subject counts what was not yet durable when it began once", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["s.a", "s.b"]);
    server.send("s.b", "3");
    server.send("s.c", "4");
    await server.createConsumer("S", "c", {
      deliver_policy: "last_per_subject",
      filter_subject: ">",
    });
    assert.equal((await info(server)).num_pending, 3);
    assert.deepEqual(payloads(await server.pull("S", "c", { batch: 3 }).take(3)), ["1", "3", "4"]);
    assert.equal((await info(server)).num_pending, 0);
  }));

test("last_per_subject goes on where it was after a restart, also past messages that went", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["s.a", "s.b", "s.c", "s.d"]);
    await server.createConsumer("S", "c", {
      deliver_policy: "last_per_subject",
      filter_subject: ">",
    });
    await server.ok("STREAM.MSG.DELETE.S", { seq: 1 });
    const message = await server.pull("S", "c").next();
    await server.request(message.reply);
    await server.ok("STREAM.PURGE.S", { seq: 4 });
    const next = await server.crash();
    assert.equal((await info(next)).num_pending, 1);
    await next.publish("s.e", "5");
    assert.deepEqual(payloads(await next.pull("S", "c", { batch: 2 }).take(2)), ["4", "5"]);
    return next;
  }));

test("a message that is not acknowledged in time is delivered again, max_deliver times in all", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["s.a"]);
    const advisories = server.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>");
    await server.createConsumer("S", "c", { ack_wait: 1_000 * MS, max_deliver: 3 });
    const inbox = server.pull("S", "c", { batch: 10 });
    const messages = await inbox.take(3);
    assert.deepEqual(messages.map(deliveriesOf), [1, 2, 3]);
    const [a, b, c] = messages.map(({ atMs }) => atMs) as [number, number, number];
    assert.ok(b - a >= 1_000 && b - a < 1_010 && c - b >= 1_000 && c - b < 1_010);
    const advisory = JSON.parse((await advisories.next()).payload);
    assert.deepEqual([advisory.stream_seq, advisory.deliveries], [1, 3]);
    await server.advance(10_000);
    assert.deepEqual(inbox.rest(), []);
    const state = await info(server);
    assert.deepEqual([state.num_ack_pending, state.num_redelivered], [0, 1]);
    // When the message goes, nothing remembers it any more.
    await server.ok("STREAM.MSG.DELETE.S", { seq: 1 });
    assert.equal((await info(server)).num_redelivered, 0);
  }));

test("a nak delivers again at once or later, and gives up like an ack wait", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["s.a"]);
    await server.createConsumer("S", "c", { max_deliver: 3 });
    const inbox = server.pull("S", "c", { batch: 10 });
    const first = await inbox.next();
    server.send(first.reply, "-NAK");
    const second = await inbox.next();
    assert.equal(second.atMs, first.atMs);
    server.send(second.reply, '-NAK {"delay": 2000000000}');
    const third = await inbox.next();
    assert.ok(third.atMs - second.atMs >= 2_000);
    server.send(third.reply, "-NAK");
    await server.advance(60_000);
    assert.deepEqual(inbox.rest(), []);
    assert.equal((await info(server)).num_ack_pending, 0);
  }));

test("redeliveries from disk come in order and all of them", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    for (let index = 1; index <= 200; index++) server.send("s.a", `${index} ${"x".repeat(5_000)}`);
    await server.createConsumer("S", "c", { ack_wait: 1_000 * MS, max_ack_pending: 200 });
    await server.pull("S", "c", { batch: 200 }).take(200);
    const next = await server.restart();
    await next.advance(2_000);
    const again = await next.pull("S", "c", { batch: 200 }).take(200);
    const numbers = again.map(({ payload }) => Number(payload.split(" ")[0]));
    assert.deepEqual(
      numbers,
      Array.from({ length: 200 }, (_, index) => index + 1),
    );
    return next;
  }));

test("as many messages are pending as may be, and an acknowledgement lets the next one go", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["s.a", "s.b", "s.c", "s.d"]);
    await server.createConsumer("S", "c", { max_ack_pending: 2 });
    const inbox = server.pull("S", "c", { batch: 10 });
    const [first] = await inbox.take(2);
    await server.advance(100);
    assert.deepEqual(inbox.rest(), []);
    server.send(first?.reply ?? "");
    assert.equal((await inbox.next()).payload, "3");
    // What is deleted is pending no more.
    await server.ok("STREAM.MSG.DELETE.S", { seq: 2 });
    assert.equal((await inbox.next()).payload, "4");
  }));

test("a message that is given up makes room for the next one", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["s.a", "s.b"]);
    await server.createConsumer("S", "c", {
      max_ack_pending: 1,
      max_deliver: 1,
      ack_wait: 1_000 * MS,
    });
    const inbox = server.pull("S", "c", { batch: 2 });
    const [first, second] = await inbox.take(2);
    assert.deepEqual([first?.payload, second?.payload], ["1", "2"]);
    assert.ok((second?.atMs ?? 0) - (first?.atMs ?? 0) >= 1_000);
  }));

test("a larger max_ack_pending counts at once", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["s.a", "s.b", "s.c"]);
    await server.createConsumer("S", "c", { max_ack_pending: 1 });
    const inbox = server.pull("S", "c", { batch: 10 });
    await inbox.next();
    await server.createConsumer("S", "c", { max_ack_pending: 3 });
    assert.deepEqual(payloads(await inbox.take(2)), ["2", "3"]);
  }));

test("an acknowledgement of everything covers redeliveries that wait", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["s.a", "s.b", "s.c"]);
    await server.createConsumer("S", "c", { ack_policy: "all", ack_wait: 1_000 * MS });
    const [, , third] = await server.pull("S", "c", { batch: 3 }).take(3);
    await server.advance(1_500);
    server.send(third?.reply ?? "");
    const { status } = await server.request(
      "$JS.API.CONSUMER.MSG.NEXT.S.c",
      JSON.stringify({ batch: 1, no_wait: true }),
    );
    assert.equal(status, 404);
    const state = await info(server);
    assert.deepEqual([state.num_ack_pending, state.ack_floor.stream_seq], [0, 3]);
  }));

test("a changed filter counts anew and delivers what it means from here on", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["s.a", "s.b", "s.a", "s.b"]);
    await server.createConsumer("S", "c", { filter_subject: "s.a" });
    assert.equal((await server.pull("S", "c").next()).payload, "1");
    const state = await server.createConsumer("S", "c", { filter_subject: "s.b" });
    assert.equal(state.num_pending, 2);
    assert.deepEqual(payloads(await server.pull("S", "c", { batch: 2 }).take(2)), ["2", "4"]);
  }));

test("whoever waits is told when the consumer is deleted, also with its stream", () =>
  withJetStream(async (server) => {
    await streamOf(server, []);
    for (const request of ["CONSUMER.DELETE.S.c", "STREAM.DELETE.S"]) {
      await server.createConsumer("S", "c");
      const inbox = server.pull("S", "c", { batch: 1, expires: 1e12 });
      await server.ok(request);
      const { status, headers } = await inbox.next();
      assert.deepEqual([status, headers.get("")], [409, "Consumer Deleted"]);
    }
  }));

test("a consumer that nobody uses goes after its threshold, and a shorter one counts at once", () =>
  withJetStream(async (server) => {
    await streamOf(server, []);
    await server.createConsumer("S", "c", { inactive_threshold: 10_000 * MS });
    await server.advance(9_000);
    server.pull("S", "c").close();
    await server.advance(9_000);
    await info(server);
    await server.createConsumer("S", "c", { inactive_threshold: 100 * MS });
    await server.advance(200);
    assert.equal((await server.api("CONSUMER.INFO.S.c")).error.err_code, 10014);
  }));

test("a consumer with a request that waits is in use", () =>
  withJetStream(async (server) => {
    await streamOf(server, []);
    await server.createConsumer("S", "c", { inactive_threshold: 1_000 * MS });
    const inbox = server.pull("S", "c", { batch: 1, expires: 60_000 * MS });
    await server.advance(30_000);
    await info(server);
    inbox.close();
    await server.advance(3_000);
    assert.equal((await server.api("CONSUMER.INFO.S.c")).error.err_code, 10014);
  }));

test("replay in original time keeps the pauses between the messages of the past, and no others", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    for (const [index, afterMs] of [0, 300, 2_000].entries()) {
      await server.advance(afterMs);
      await server.publish("s.a", `${index + 1}`);
    }
    await server.advance(60_000);
    await server.createConsumer("S", "c", { replay_policy: "original" });
    await server.publish("s.a", "4");
    const inbox = server.pull("S", "c", { batch: 10, expires: 100_000 * MS });
    const messages = await inbox.take(4);
    assert.deepEqual(payloads(messages), ["1", "2", "3", "4"]);
    const pauses = messages.map(({ atMs }, i) => atMs - (messages[i - 1]?.atMs ?? atMs));
    for (const [index, least] of [0, 300, 2_000, 0].entries()) {
      const pause = pauses[index] as number;
      // Times of messages are known to the millisecond.
      assert.ok(pause >= least - 1 && pause < least + 50, `pause ${index} of ${pause} ms`);
    }
  }));

test("a request that does not wait outlives a pause of the replay", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    await server.publish("s.a", "1");
    await server.advance(500);
    await server.publish("s.a", "2");
    await server.createConsumer("S", "c", { replay_policy: "original" });
    const inbox = server.pull("S", "c", { batch: 2, no_wait: true });
    assert.deepEqual(payloads(await inbox.take(2)), ["1", "2"]);
  }));

test("a full queue of requests makes room by dropping those whose clients are gone", () =>
  withJetStream(async (server) => {
    await streamOf(server, []);
    await server.createConsumer("S", "c", { max_waiting: 2 });
    server.pull("S", "c").close();
    const kept = server.pull("S", "c");
    const third = server.pull("S", "c");
    assert.equal((await info(server)).num_waiting, 2);
    const { status, headers } = await server.pull("S", "c").next();
    assert.deepEqual([status, headers.get("")], [409, "Exceeded MaxWaiting"]);
    await server.publish("s.a", "1");
    await server.publish("s.a", "2");
    assert.deepEqual(payloads([await kept.next(), await third.next()]), ["1", "2"]);
  }));

test("what is removed while it is loaded from disk is passed over", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    for (let index = 1; index <= 5; index++) await server.publish("s.a", `${index}`);
    await server.createConsumer("S", "c");
    const next = await server.restart();
    const inbox = next.pull("S", "c", { batch: 5, expires: 1_000 * MS });
    next.send("$JS.API.STREAM.PURGE.S", JSON.stringify({ seq: 4 }), {}, "_INBOX.purge");
    assert.deepEqual(payloads(await inbox.take(2)), ["4", "5"]);
    assert.equal((await inbox.next()).status, 408);
    return next;
  }));

test("a message that is damaged on disk is passed over, told of, and no longer counted", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { allow_direct: true });
    for (const letter of "abcde") await server.publish("s.a", letter.repeat(100));
    await server.createConsumer("S", "c");
    await server.close();
    const { disk } = server.host;
    const [segment = ""] = await disk.list("TEST", "/data/logs/00000001");
    const path = `/data/logs/00000001/${segment}`;
    disk.flipBit(path, Buffer.from(disk.contents(path)).indexOf("ccc") + 50, 3);
    const next = await server.startedAgain();
    const told = next.subscribe("$JS.EVENT.ADVISORY.STREAM.MSG_DAMAGED.S");
    const inbox = next.pull("S", "c", { batch: 5, expires: 1_000 * MS });
    const letters = (await inbox.take(4)).map(({ payload }) => payload[0]);
    assert.deepEqual(letters, ["a", "b", "d", "e"]);
    assert.equal((await inbox.next()).status, 408);
    assert.equal((await info(next)).num_pending, 0);
    assert.ok(told.received.length <= 1);
    const got = await next.request("$JS.API.DIRECT.GET.S", JSON.stringify({ seq: 3 }));
    assert.equal(got.status, 404);
    return next;
  }));

test("a disk that can't be read for a moment only delays a delivery", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    await server.publish("s.a", "1");
    await server.createConsumer("S", "c");
    const next = await server.restart();
    const { disk } = next.host;
    disk.failAt("SEGMENT:READ", disk.callCount("SEGMENT:READ") + 1, "EIO");
    const message = await next.pull("S", "c").next();
    assert.equal(message.payload, "1");
    assert.ok(disk.callCount("SEGMENT:READ") >= 2);
    return next;
  }));

test("a consumer or its stream may be deleted while a message is loaded from disk", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    for (let index = 1; index <= 5; index++) await server.publish("s.a", `${index}`);
    await server.createConsumer("S", "c");
    await server.createConsumer("S", "d");
    const next = await server.restart();
    // More than there is, so that the requests still wait should the disk be quicker.
    const [c, d] = [next.pull("S", "c", { batch: 6 }), next.pull("S", "d", { batch: 6 })];
    await next.ok("CONSUMER.DELETE.S.c");
    await next.ok("STREAM.DELETE.S");
    await next.advance(1_000);
    assert.equal(c.received.at(-1)?.status, 409);
    assert.equal(d.received.at(-1)?.status, 409);
    return next;
  }));

test("an acknowledgement may name domain and account, as version 2 of the subjects does", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    await server.createConsumer("S", "c");
    for (const payload of ["1", "2"]) await server.publish("s.a", payload);
    const messages = await server.pull("S", "c", { batch: 2 }).take(2);
    const [first = "", second = ""] = messages.map(({ reply }) => reply.replace("$JS.ACK.", ""));
    const { num_ack_pending } = await server.ok("CONSUMER.INFO.S.c");
    assert.equal(num_ack_pending, 2);
    // The hash of `$G`, as nats-server makes it.
    await server.request(`$JS.ACK._.${hashName("$G")}.${first}`, "");
    await server.request(`$JS.ACK._.${hashName("$G")}.${second}.more`, "+ACK");
    assert.equal((await server.ok("CONSUMER.INFO.S.c")).num_ack_pending, 0);
    assert.equal(server.send(`$JS.ACK._.${hashName("OTHER")}.${first}`), 0);
  }));
