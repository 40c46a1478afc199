import assert from "node:assert/strict";
import { test } from "node:test";
import type { Received } from "../support/inbox.ts";
import { type Answer, type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

const config = {
  name: "S",
  subjects: ["s.>", "t.>"],
  allow_msg_schedules: true,
  allow_msg_ttl: true,
  allow_direct: true,
};

function create(server: TestJetStream, more: object = {}): Promise<Answer> {
  return server.ok("STREAM.CREATE.S", { ...config, ...more });
}

/** Sends a schedule of `s.a` to `t.a`. */
function schedule(
  server: TestJetStream,
  pattern: string,
  more: Record<string, string> = {},
  subject = "s.a",
): Promise<Answer> {
  const headers = { "Nats-Schedule": pattern, "Nats-Schedule-Target": "t.a", ...more };
  return server.publish(subject, "body", headers);
}

function inMs(server: TestJetStream, ms: number): string {
  return `@at ${new Date(server.host.clock.nowMs() + ms).toISOString()}`;
}

/** The messages that are there, as subjects. */
function kept(server: TestJetStream): string[] {
  const log = server.jetstream.stream("S")?.log;
  const subjects: string[] = [];
  log?.forEach(0, (_, id) => subjects.push(log.subjects.name(id)));
  return subjects;
}

function last(server: TestJetStream, subject = "t.a"): Promise<Received> {
  return server.request(`$JS.API.DIRECT.GET.S.${subject}`);
}

test("a message is held until its time and then sent, and the schedule goes with it", () =>
  withJetStream(async (server) => {
    await create(server);
    await schedule(server, inMs(server, 5_000), { own: "x", "Nats-Schedule-TTL": "5m" });
    await server.advance(4_900);
    assert.deepEqual(kept(server), ["s.a"]);
    await server.advance(200);
    assert.deepEqual(kept(server), ["t.a"]);
    const { payload, headers } = await last(server);
    assert.equal(payload, "body");
    const names = ["own", "Nats-Scheduler", "Nats-Schedule-Next", "Nats-TTL"];
    assert.deepEqual(
      names.map((name) => headers.get(name)),
      ["x", "s.a", "purge", "5m"],
    );
    const others = ["Nats-Schedule", "Nats-Schedule-Target", "Nats-Schedule-TTL", "Nats-Rollup"];
    assert.deepEqual(
      others.map((name) => headers.get(name)),
      [undefined, undefined, undefined, undefined],
    );
    await server.advance(300_000);
    assert.deepEqual(kept(server), []);
  }));

test("a repeating one goes on, and says when it comes next", () =>
  withJetStream(async (server) => {
    await create(server);
    await schedule(server, "@every 10s");
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      await server.advance(10_000);
      times.push(Date.parse((await last(server)).headers.get("Nats-Schedule-Next") ?? ""));
    }
    const [first = 0] = times;
    assert.deepEqual(times, [first, first + 10_000, first + 20_000]);
    assert.deepEqual(kept(server), ["s.a", "t.a", "t.a", "t.a"]);
  }));

test("a pattern in a zone says its time in that zone", () =>
  withJetStream(async (server) => {
    await create(server);
    await schedule(server, "0 * * * * *", { "Nats-Schedule-Time-Zone": "Asia/Kathmandu" });
    await server.advance(60_000);
    assert.match((await last(server)).headers.get("Nats-Schedule-Next") ?? "", /:00\+05:45$/);
  }));

test("schedules are found again after a crash without a look at messages, and fire once", () =>
  withJetStream(async (server) => {
    await create(server);
    await schedule(server, inMs(server, 60_000));
    await schedule(server, "@every 40s", { "Nats-Schedule-Target": "t.b" }, "s.b");
    await schedule(server, inMs(server, 3_600_000), {}, "s.c");
    await server.advance(45_000);
    const next = await server.crash();
    assert.deepEqual(kept(next), ["s.a", "s.b", "s.c", "t.b"]);
    await next.advance(10_000);
    assert.equal(kept(next).length, 4);
    await next.advance(10_000);
    assert.deepEqual(kept(next), ["s.b", "s.c", "t.b", "t.a"]);
    await next.close();
    // While it is down one would fire three times.
    await next.advance(150_000);
    const after = await next.startedAgain();
    await after.advance(100);
    assert.deepEqual(kept(after), ["s.b", "s.c", "t.b", "t.a", "t.b"]);
    return after;
  }));

test("what a schedule makes is there after a crash with what became of the schedule, or neither is", () =>
  withJetStream(async (server) => {
    await create(server);
    await schedule(server, inMs(server, 1_000));
    await server.advance(1_001);
    const next = await server.crash();
    await next.advance(100);
    assert.deepEqual(kept(next), ["t.a"]);
    return next;
  }));

test("a schedule replaces the one before it, whether it says so or not", () =>
  withJetStream(async (server) => {
    await create(server);
    await schedule(server, "@every 1h");
    await schedule(server, inMs(server, 1_000), { "Nats-Rollup": "sub" });
    await schedule(server, inMs(server, 5_000));
    assert.deepEqual(kept(server), ["s.a"]);
    assert.equal((await last(server, "s.a")).headers.get("Nats-Rollup"), "sub");
    await server.advance(2_000);
    assert.deepEqual(kept(server), ["s.a"]);
    await server.advance(4_000);
    assert.deepEqual(kept(server), ["t.a"]);
  }));

test("a schedule ends with its message: deleted, purged, expired, or followed by another", () =>
  withJetStream(async (server) => {
    await create(server);
    const { seq } = await schedule(server, inMs(server, 5_000), {}, "s.deleted");
    await schedule(server, inMs(server, 5_000), {}, "s.purged");
    await schedule(server, inMs(server, 5_000), { "Nats-TTL": "2" }, "s.expired");
    await schedule(server, inMs(server, 5_000), {}, "s.followed");
    await server.ok("STREAM.MSG.DELETE.S", { seq });
    await server.ok("STREAM.PURGE.S", { filter: "s.purged" });
    await server.publish("s.followed", "no schedule");
    await server.advance(3_000);
    const next = await server.crash();
    await next.advance(5_000);
    assert.deepEqual(kept(next), ["s.followed", "s.followed"]);
    assert.equal(next.jetstream.stream("S")?.schedules?.size, 0);
    return next;
  }));

test("a client ends a schedule with another message, in one commit", () =>
  withJetStream(async (server) => {
    await create(server);
    await schedule(server, "@every 1s");
    const end = { "Nats-Schedule-Next": "purge", "Nats-Scheduler": "s.a" };
    assert.equal((await server.publish("t.ended", "", end)).error, undefined);
    assert.deepEqual(kept(server), ["t.ended"]);
    await server.advance(5_000);
    assert.deepEqual(kept(server), ["t.ended"]);
    // Where there is no schedule, there is nothing to end; where there is something else, that is no schedule.
    assert.equal((await server.publish("t.ended", "", end)).error, undefined);
    await server.publish("s.a", "something else");
    assert.equal((await server.publish("t.ended", "", end)).error.err_code, 10212);
  }));

test("the last message of a source is sent, or what the schedule holds if there is none", () =>
  withJetStream(async (server) => {
    await create(server);
    await schedule(server, "@every 10s", { "Nats-Schedule-Source": "t.source", own: "own" });
    await server.advance(10_000);
    assert.equal((await last(server)).payload, "body");
    await server.publish("t.source", "first", { "Nats-Msg-Id": "1", other: "y", "Nats-TTL": "60" });
    await server.publish("t.source", "second", {
      "Nats-Msg-Id": "2",
      other: "z",
      "Nats-TTL": "60",
    });
    await server.advance(10_000);
    const message = await last(server);
    assert.deepEqual([message.payload, message.headers.get("other")], ["second", "z"]);
    const names = ["own", "Nats-Msg-Id", "Nats-TTL"];
    assert.deepEqual(
      names.map((name) => message.headers.get(name)),
      [undefined, undefined, undefined],
    );
    assert.equal(message.headers.get("Nats-Scheduler"), "s.a");
    // Read from the disk, where both lie after a restart.
    const next = await server.restart();
    await next.advance(10_000);
    assert.equal((await last(next)).payload, "second");
    return next;
  }));

test("what a schedule makes rolls its target up if it is to", () =>
  withJetStream(async (server) => {
    await create(server);
    await schedule(server, "@every 1s", { "Nats-Schedule-Rollup": "sub" });
    await server.advance(5_500);
    assert.deepEqual(kept(server), ["s.a", "t.a"]);
    assert.equal((await last(server)).headers.get("Nats-Rollup"), "sub");
  }));

test("what it makes is stored like any message: transformed, republished, delivered", () =>
  withJetStream(async (server) => {
    await create(server, {
      subject_transform: { src: "t.*", dest: "stored.$1" },
      republish: { src: "stored.*", dest: "out.$1" },
    });
    const inbox = server.subscribe("out.a");
    await server.createConsumer("S", "c", { filter_subject: "stored.a" });
    await schedule(server, inMs(server, 1_000));
    assert.equal((await inbox.next()).payload, "body");
    assert.equal((await server.pull("S", "c").next()).subject, "stored.a");
  }));

test("a schedule that a work queue's consumer acknowledges ends, one that nobody wants is none", () =>
  withJetStream(async (server) => {
    await create(server, { retention: "interest" });
    await schedule(server, inMs(server, 1_000));
    await server.createConsumer("S", "pin", { filter_subject: "s.>" });
    await schedule(server, inMs(server, 1_000));
    await server.advance(2_000);
    assert.deepEqual(kept(server), []);
    await schedule(server, "@every 1s");
    const message = await server.pull("S", "pin").next();
    await server.request(message.reply, "+ACK");
    await server.createConsumer("S", "all");
    await server.advance(5_000);
    assert.deepEqual(kept(server), []);
  }));

test("in memory schedules fire, too", () =>
  withJetStream(async (server) => {
    await create(server, { storage: "memory" });
    await schedule(server, inMs(server, 1_000));
    await server.advance(1_100);
    assert.deepEqual(kept(server), ["t.a"]);
  }));

test("a sealed stream fires nothing", () =>
  withJetStream(async (server) => {
    await create(server);
    await schedule(server, inMs(server, 1_000));
    await server.ok("STREAM.UPDATE.S", { ...config, sealed: true });
    await server.advance(5_000);
    assert.deepEqual(kept(server), ["s.a"]);
  }));

test("what the stream does not take is tried again, and a repeating schedule goes on", () =>
  withJetStream(async (server) => {
    await create(server);
    await schedule(server, inMs(server, 2_000));
    await schedule(server, "@every 2s", { "Nats-Schedule-Target": "t.b" }, "s.b");
    await server.ok("STREAM.UPDATE.S", { ...config, max_msg_size: 10 });
    await server.advance(5_000);
    assert.deepEqual(kept(server), ["s.a", "s.b"]);
    await server.ok("STREAM.UPDATE.S", config);
    await server.advance(1_500);
    assert.deepEqual(kept(server).sort(), ["s.b", "t.a", "t.b"]);
  }));

test("many that are due at once fire in the order of their times", () =>
  withJetStream(async (server) => {
    await create(server, { storage: "memory" });
    const count = 2_500;
    for (let i = 0; i < count; i++) {
      const headers = {
        "Nats-Schedule": inMs(server, 1_000),
        "Nats-Schedule-Target": `t.${i}`,
      };
      server.send(`s.${i}`, "", headers);
    }
    await server.advance(2_000);
    assert.deepEqual(
      kept(server),
      Array.from({ length: count }, (_, i) => `t.${i}`),
    );
  }));

test("where schedules are allowed from now on, those that are there begin to fire", () =>
  withJetStream(async (server) => {
    const { allow_msg_schedules, ...plain } = config;
    await server.ok("STREAM.CREATE.S", plain);
    const log = server.jetstream.stream("S")?.log;
    const headers = `NATS/1.0\r\nNats-Schedule: @every 1s\r\nNats-Schedule-Target: t.a\r\n\r\n`;
    const subject = Buffer.from("s.a");
    const body = Buffer.from(headers);
    const nowMs = server.host.clock.nowMs();
    // As a mirror would have stored it.
    log?.append(nowMs, subject, 0, subject.length, body, body.length, 0, body.length);
    await server.ok("STREAM.UPDATE.S", { ...plain, allow_msg_schedules });
    await server.advance(1_500);
    assert.deepEqual(kept(server), ["s.a", "t.a"]);
    const gone = await server.crash();
    await gone.ok("STREAM.DELETE.S");
    const next = await gone.crash();
    assert.deepEqual(
      next.store.states.map(({ key }) => key),
      [],
    );
    return next;
  }));
