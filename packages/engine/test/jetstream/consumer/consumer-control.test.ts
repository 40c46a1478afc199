import assert from "node:assert/strict";
import { test } from "node:test";
import type { Received } from "../support/inbox.ts";
import { type Answer, type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

const SECOND = 1_000_000_000;

async function streamOf(server: TestJetStream, payloads: readonly string[]): Promise<void> {
  await server.createStream("S");
  for (const payload of payloads) await server.publish(`s.${payload}`, payload);
}

function info(server: TestJetStream): Promise<Answer> {
  return server.ok("CONSUMER.INFO.S.c");
}

function payloads(messages: readonly Received[]): string[] {
  return messages.map(({ payload }) => payload);
}

/** The instant `seconds` from now, as requests write it. */
function inSeconds(server: TestJetStream, seconds: number): string {
  return new Date(server.host.clock.nowMs() + seconds * 1_000).toISOString();
}

function pause(server: TestJetStream, until: string): Promise<Answer> {
  return server.ok("CONSUMER.PAUSE.S.c", { pause_until: until });
}

test("a paused consumer delivers nothing until it is time, and says so", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a"]);
    await server.createConsumer("S", "c");
    const advisories = server.subscribe("$JS.EVENT.ADVISORY.CONSUMER.PAUSE.S.c");
    const until = inSeconds(server, 60);
    const answer = await pause(server, until);
    assert.deepEqual([answer.paused, answer.pause_until], [true, until]);
    assert.ok(answer.pause_remaining > 59 * SECOND && answer.pause_remaining <= 60 * SECOND);
    const advisory = JSON.parse((await advisories.next()).payload);
    assert.deepEqual([advisory.paused, advisory.pause_until], [true, until]);
    const state = await info(server);
    assert.equal(state.paused, true);
    assert.equal(state.config.pause_until, until);
    assert.ok(state.pause_remaining > 0);
    const inbox = server.pull("S", "c", { batch: 1, expires: 120 * SECOND });
    await server.advance(59_000);
    assert.deepEqual(inbox.received, []);
    assert.equal((await info(server)).num_waiting, 1);
    assert.equal((await inbox.next()).payload, "a");
    assert.deepEqual(JSON.parse((await advisories.next()).payload).paused, false);
    assert.equal((await info(server)).paused, undefined);
  }));

test("a pause ends when it is taken back, and requests that do not wait end in it", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a", "b"]);
    await server.createConsumer("S", "c");
    await pause(server, inSeconds(server, 3_600));
    const refused = await server.pull("S", "c", { batch: 1, no_wait: true }).next();
    assert.deepEqual([refused.status, refused.headers.get("")], [404, "No Messages"]);
    const inbox = server.pull("S", "c", { batch: 2 });
    const answer = await server.ok("CONSUMER.PAUSE.S.c");
    assert.deepEqual([answer.paused, answer.pause_until], [false, "0001-01-01T00:00:00Z"]);
    assert.deepEqual(payloads(await inbox.take(2)), ["a", "b"]);
    assert.equal((await info(server)).config.pause_until, undefined);
  }));

test("a pause survives a crash, and an update leaves it alone", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a"]);
    await server.createConsumer("S", "c");
    const until = inSeconds(server, 600);
    await pause(server, until);
    await server.createConsumer("S", "c", { description: "later", pause_until: null });
    assert.equal((await info(server)).config.pause_until, until);
    const next = await server.crash();
    assert.equal((await info(next)).paused, true);
    const inbox = next.pull("S", "c", { batch: 1, expires: 3_600 * SECOND });
    await next.advance(500_000);
    assert.deepEqual(inbox.received, []);
    assert.equal((await inbox.next()).payload, "a");
    return next;
  }));

test("a push consumer that is paused still beats", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a"]);
    const inbox = server.subscribe("to");
    const config = {
      deliver_subject: "to",
      idle_heartbeat: SECOND,
      pause_until: inSeconds(server, 5),
    };
    await server.createConsumer("S", "c", config);
    assert.equal((await inbox.next()).headers.get(""), "Idle Heartbeat");
    const beats = await inbox.take(3);
    assert.ok(beats.every(({ status }) => status === 100));
    await server.advance(2_000);
    assert.deepEqual(
      payloads(inbox.received).filter((text) => text !== ""),
      ["a"],
    );
  }));

test("a pause may last for years", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a"]);
    await server.createConsumer("S", "c");
    const answer = await pause(server, "2262-01-01T00:00:00Z");
    assert.ok(answer.pause_remaining > 100 * 365 * 86_400 * SECOND);
    await server.advance(50 * 60_000);
    assert.equal((await info(server)).paused, true);
  }));

test("a reset goes back to the ack floor, and what was pending comes again", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a", "b", "c", "d"]);
    await server.createConsumer("S", "c");
    const [a, , c] = await server.pull("S", "c", { batch: 4 }).take(4);
    await server.request(a?.reply ?? "");
    await server.request(c?.reply ?? "");
    const answer = await server.ok("CONSUMER.RESET.S.c");
    assert.equal(answer.reset_seq, 2);
    assert.deepEqual(answer.delivered, { consumer_seq: 0, stream_seq: 1 });
    assert.deepEqual(answer.ack_floor, { consumer_seq: 0, stream_seq: 1 });
    assert.deepEqual([answer.num_ack_pending, answer.num_pending], [0, 3]);
    const again = await server.pull("S", "c", { batch: 3 }).take(3);
    assert.deepEqual(payloads(again), ["b", "c", "d"]);
    assert.match(again[0]?.reply ?? "", /^\$JS\.ACK\.S\.c\.1\.2\.1\./);
  }));

test("a reset goes to any sequence that the deliver policy allows, durably", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a", "b", "c", "d", "e"]);
    await server.createConsumer("S", "c");
    const [a] = await server.pull("S", "c", { batch: 3 }).take(3);
    await server.request(a?.reply ?? "");
    assert.equal((await server.ok("CONSUMER.RESET.S.c", { seq: 5 })).num_pending, 1);
    const next = await server.crash();
    const state = await info(next);
    assert.deepEqual([state.num_pending, state.ack_floor.stream_seq], [1, 4]);
    assert.equal((await next.ok("CONSUMER.RESET.S.c", { seq: 2 })).num_pending, 4);
    const again = await next.pull("S", "c", { batch: 4 }).take(4);
    assert.deepEqual(payloads(again), ["b", "c", "d", "e"]);
    await next.ok("CONSUMER.RESET.S.c", { seq: 9 });
    for (const payload of ["f", "g", "h", "i"]) await next.publish("s.x", payload);
    assert.equal((await next.pull("S", "c").next()).payload, "i");
    return next;
  }));

test("a reset is refused below where a consumer was to begin, and where that is not a sequence", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a", "b"]);
    await server.advance(1_000);
    const startTime = inSeconds(server, 0);
    await server.advance(1_000);
    await server.publish("s.c", "c");
    const cases: [object, number, string | undefined][] = [
      [{ deliver_policy: "by_start_sequence", opt_start_seq: 2 }, 1, "below start seq"],
      [{ deliver_policy: "by_start_sequence", opt_start_seq: 2 }, 2, undefined],
      [{ deliver_policy: "by_start_time", opt_start_time: startTime }, 2, "below start time"],
      [{ deliver_policy: "by_start_time", opt_start_time: startTime }, 3, undefined],
      [{ deliver_policy: "new" }, 1, "not allowed"],
      [{ deliver_policy: "last" }, 3, "not allowed"],
    ];
    for (const [config, seq, problem] of cases) {
      await server.createConsumer("S", "c", config);
      const { error } = await server.api("CONSUMER.RESET.S.c", { seq });
      assert.equal(
        error?.description,
        problem && `invalid reset: ${problem}`,
        JSON.stringify(config),
      );
      await server.ok("CONSUMER.DELETE.S.c");
    }
  }));

test("after a reset of last_per_subject what was pending comes before the rest", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a", "b", "c", "a", "d"]);
    await server.createConsumer("S", "c", {
      deliver_policy: "last_per_subject",
      filter_subject: "s.*",
    });
    const [b] = await server.pull("S", "c", { batch: 2 }).take(2);
    await server.request(b?.reply ?? "");
    const answer = await server.ok("CONSUMER.RESET.S.c");
    assert.equal(answer.num_pending, 3);
    await server.publish("s.e", "e");
    const again = await server.pull("S", "c", { batch: 4 }).take(4);
    assert.deepEqual(payloads(again), ["c", "a", "d", "e"]);
  }));

test("what a consumer leaves behind by a reset goes from a stream that keeps by interest", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "interest" });
    await server.createConsumer("S", "c");
    for (const payload of ["a", "b", "c"]) await server.publish("s.x", payload);
    await server.ok("CONSUMER.RESET.S.c", { seq: 3 });
    assert.equal((await server.ok("STREAM.INFO.S")).state.messages, 1);
    assert.equal((await server.pull("S", "c").next()).payload, "c");
  }));

test("acknowledgements are measured as often as sample_freq says", () =>
  withJetStream(async (server) => {
    await streamOf(server, ["a", "b", "c"]);
    const metrics = server.subscribe("$JS.EVENT.METRIC.CONSUMER.ACK.S.c");
    await server.createConsumer("S", "c", { sample_freq: "100%" });
    const [a, b] = await server.pull("S", "c", { batch: 2 }).take(2);
    await server.advance(1_500);
    await server.request(a?.reply ?? "");
    await server.request(a?.reply ?? "");
    await server.request(b?.reply ?? "", "+TERM");
    assert.equal(metrics.received.length, 1);
    const metric = JSON.parse((await metrics.next()).payload);
    assert.equal(metric.type, "io.nats.jetstream.metric.v1.consumer_ack");
    assert.deepEqual(
      [metric.stream, metric.consumer, metric.consumer_seq, metric.stream_seq, metric.deliveries],
      ["S", "c", 1, 1, 1],
    );
    assert.ok(metric.ack_time >= 1.5 * SECOND && metric.ack_time < 1.6 * SECOND);
    await server.createConsumer("S", "c", { sample_freq: "0" });
    const c = await server.pull("S", "c").next();
    await server.request(c.reply);
    assert.equal(metrics.received.length, 1);
  }));

test("a consumer that feeds a stream elsewhere is neither listed, counted nor kept", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { max_consumers: 1 });
    const feed = (name: string): Promise<Answer> =>
      server.ok(`CONSUMER.CREATE.S.${name}`, {
        stream_name: "S",
        config: { name, deliver_subject: "to", direct: true, sourcing: true },
      });
    const [first, second] = [await feed("feed"), await feed("feed")];
    assert.match(first.name, /^feed-[0-9A-Za-z]{8}$/);
    assert.notEqual(first.name, second.name);
    assert.equal((await server.ok("CONSUMER.NAMES.S")).total, 0);
    assert.equal((await server.ok("STREAM.INFO.S")).state.consumer_count, 0);
    assert.equal((await server.ok(`CONSUMER.INFO.S.${first.name}`)).name, first.name);
    await server.createConsumer("S", "c");
    const next = await server.crash();
    assert.deepEqual((await next.ok("CONSUMER.NAMES.S")).consumers, ["c"]);
    assert.equal((await next.api(`CONSUMER.INFO.S.${first.name}`)).error.err_code, 10014);
    return next;
  }));

test("where messages go once they are acknowledged, a feed is durable and acknowledges", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { retention: "workqueue" });
    await server.publish("s.a", "a");
    const feed = (): Promise<Answer> =>
      server.ok("CONSUMER.CREATE.S.feed", {
        stream_name: "S",
        config: {
          name: "feed",
          deliver_subject: "to",
          direct: true,
          sourcing: true,
          ack_policy: "none",
        },
      });
    const { config, name } = await feed();
    assert.deepEqual(
      [name, config.durable_name, config.ack_policy, config.flow_control, config.idle_heartbeat],
      ["feed", "feed", "flow_control", true, SECOND],
    );
    const inbox = server.subscribe("to");
    await inbox.next();
    // Asked for again, it goes on after what is acknowledged.
    const again = await feed();
    assert.deepEqual([again.num_pending, again.delivered.consumer_seq], [1, 0]);
    assert.match((await inbox.next()).reply, /^\$JS\.ACK\.S\.feed\.1\.1\.1\./);
  }));

test("a pending message that goes from the stream counts as terminated, even in its own stream", () =>
  withJetStream(async (server) => {
    await server.createStream("S", {
      subjects: ["s.>", "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>"],
      max_msgs: 2,
    });
    for (const payload of ["a", "b"]) await server.publish("s.x", payload);
    await server.createConsumer("S", "c", { filter_subject: "s.>" });
    await server.pull("S", "c", { batch: 2 }).take(2);
    const advisories = server.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.S.c");
    await server.publish("s.x", "c");
    // The advisory of the first takes the place of the second, and that of the second one the place of the new one.
    const lost = (await advisories.take(2)).map(({ payload }) => JSON.parse(payload));
    assert.deepEqual(
      lost.map(({ stream_seq, consumer_seq, deliveries }) => [
        stream_seq,
        consumer_seq,
        deliveries,
      ]),
      [
        [1, 1, 1],
        [2, 2, 1],
      ],
    );
    assert.equal(lost[0].reason, "Unacknowledged message was deleted");
    assert.equal((await info(server)).num_ack_pending, 0);
    assert.equal((await server.ok("STREAM.INFO.S")).state.last_seq, 5);
  }));
