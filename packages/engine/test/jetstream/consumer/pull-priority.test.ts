import assert from "node:assert/strict";
import { test } from "node:test";
import type { Inbox, Received } from "../support/inbox.ts";
import { type Answer, type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

const SECOND = 1_000_000_000;

async function prepare(
  server: TestJetStream,
  count: number,
  policy: string,
  config: object = {},
): Promise<void> {
  await server.createStream("S");
  for (let i = 1; i <= count; i++) await server.publish("s.x", `${i}`);
  await server.createConsumer("S", "c", {
    priority_policy: policy,
    priority_groups: ["g"],
    ...config,
  });
}

function pull(server: TestJetStream, request: object): Inbox {
  return server.pull("S", "c", { batch: 1, expires: 60 * SECOND, group: "g", ...request });
}

function info(server: TestJetStream): Promise<Answer> {
  return server.ok("CONSUMER.INFO.S.c");
}

function statusOf({ status, headers }: Received): [number, string | undefined] {
  return [status, headers.get("")];
}

function pinOf({ headers }: Received): string {
  return headers.get("Nats-Pin-Id") ?? "";
}

test("a request without the group, with another one, or for another policy is refused", () =>
  withJetStream(async (server) => {
    await prepare(server, 1, "overflow");
    const cases: [object, string][] = [
      [{ group: "" }, "Bad Request - Priority Group missing"],
      [{ group: "h" }, "Bad Request - Invalid Priority Group"],
      [{ id: "x" }, "Bad Request - Not a Pinned Client Priority consumer"],
      [{ priority: 10 }, "Bad Request - Priority must be between 0 and 9"],
    ];
    for (const [request, text] of cases) {
      assert.deepEqual(statusOf(await pull(server, request).next()), [400, text]);
    }
    // What is no object says nothing of groups, and is served.
    assert.equal((await server.ask("$JS.API.CONSUMER.MSG.NEXT.S.c", "1").next()).payload, "1");
  }));

test("overflow serves a request only from its thresholds on", () =>
  withJetStream(async (server) => {
    await prepare(server, 3, "overflow");
    const pending = pull(server, { min_pending: 4, batch: 10 });
    const acks = pull(server, { min_ack_pending: 2, batch: 10 });
    await server.advance(10);
    assert.deepEqual([pending.received, acks.received], [[], []]);
    await server.publish("s.x", "4");
    assert.equal((await pending.next()).payload, "1");
    await server.advance(10);
    assert.deepEqual([pending.rest(), acks.rest()], [[], []]);
    const open = pull(server, { batch: 1 });
    assert.equal((await open.next()).payload, "2");
    // Two are pending now.
    assert.deepEqual(
      (await acks.take(2)).map(({ payload }) => payload),
      ["3", "4"],
    );
    assert.deepEqual(pending.rest(), []);
  }));

test("either threshold is enough, and heartbeats come meanwhile", () =>
  withJetStream(async (server) => {
    await prepare(server, 1, "overflow");
    const inbox = pull(server, {
      min_pending: 2,
      min_ack_pending: 100,
      idle_heartbeat: SECOND,
    });
    assert.deepEqual(statusOf(await inbox.next()), [100, "Idle Heartbeat"]);
    await server.publish("s.x", "2");
    assert.equal((await inbox.next()).payload, "1");
  }));

test("one client is pinned and gets everything, and the others wait", () =>
  withJetStream(async (server) => {
    await prepare(server, 3, "pinned_client");
    const pinned = server.subscribe("$JS.EVENT.ADVISORY.CONSUMER.PINNED.S.c");
    assert.deepEqual((await info(server)).priority_groups, [
      { group: "g", pinned_ts: "0001-01-01T00:00:00Z" },
    ]);
    const first = pull(server, { batch: 2 });
    const second = pull(server, {});
    const [one, two] = (await first.take(2)) as [Received, Received];
    const id = pinOf(one);
    assert.match(id, /^[0-9A-Za-z]{22}$/);
    assert.deepEqual([one.payload, two.payload, pinOf(two)], ["1", "2", id]);
    await server.advance(10);
    assert.deepEqual(second.received, []);
    const [group] = (await info(server)).priority_groups;
    assert.equal(group.pinned_client_id, id);
    const advisory = JSON.parse((await pinned.next()).payload);
    assert.deepEqual([advisory.group, advisory.pinned_id, advisory.account], ["g", id, "$G"]);
    const wrong = await pull(server, { id: "other" }).next();
    assert.deepEqual(statusOf(wrong), [423, "Nats-Pin-Id mismatch"]);
    assert.equal((await pull(server, { id }).next()).payload, "3");
  }));

test("who is unpinned is told, and another one takes over", () =>
  withJetStream(async (server) => {
    await prepare(server, 1, "pinned_client");
    const unpinned = server.subscribe("$JS.EVENT.ADVISORY.CONSUMER.UNPINNED.S.c");
    const id = pinOf(await pull(server, {}).next());
    const stale = pull(server, { id });
    const standby = pull(server, { batch: 2 });
    await server.ok("CONSUMER.UNPIN.S.c", { group: "g" });
    assert.equal(JSON.parse((await unpinned.next()).payload).reason, "admin");
    await server.publish("s.x", "2");
    const answer = await stale.next();
    assert.deepEqual(statusOf(answer), [423, "Nats-Wrong-Pin-Id"]);
    assert.equal(answer.headers.get("Nats-Pending-Messages"), "1");
    const message = await standby.next();
    assert.equal(message.payload, "2");
    assert.ok(pinOf(message) !== "" && pinOf(message) !== id);
  }));

test("a pinned client that asks for nothing loses its pin after priority_timeout", () =>
  withJetStream(async (server) => {
    await prepare(server, 2, "pinned_client", { priority_timeout: 3 * SECOND });
    const unpinned = server.subscribe("$JS.EVENT.ADVISORY.CONSUMER.UNPINNED.S.c");
    const id = pinOf(await pull(server, {}).next());
    const standby = pull(server, {});
    await server.advance(2_900);
    const again = pull(server, { id });
    assert.equal((await again.next()).payload, "2");
    await server.publish("s.x", "3");
    await server.advance(2_900);
    assert.deepEqual(standby.received, []);
    const message = await standby.next();
    assert.equal(message.payload, "3");
    assert.notEqual(pinOf(message), id);
    assert.equal(JSON.parse((await unpinned.next()).payload).reason, "timeout");
  }));

test("a request that can't take the message is not pinned for it", () =>
  withJetStream(async (server) => {
    await prepare(server, 1, "pinned_client");
    const small = pull(server, { max_bytes: 1 });
    const answer = await small.next();
    assert.deepEqual(statusOf(answer), [409, "Message Size Exceeds MaxBytes"]);
    assert.equal((await info(server)).priority_groups[0].pinned_client_id, undefined);
    await server.ok("STREAM.PURGE.S");
    pull(server, {}).close();
    await server.publish("s.x", "2");
    const message = await pull(server, {}).next();
    assert.equal((await info(server)).priority_groups[0].pinned_client_id, pinOf(message));
  }));

test("the pin is told beside a message's own headers, and with headers only", () =>
  withJetStream(async (server) => {
    await prepare(server, 0, "pinned_client", { headers_only: true });
    await server.publish("s.x", "hello", { A: "b" });
    const message = await pull(server, {}).next();
    assert.deepEqual(
      [message.headers.get("A"), message.headers.get("Nats-Msg-Size"), message.payload],
      ["b", "5", ""],
    );
    assert.notEqual(pinOf(message), "");
    await server.createConsumer("S", "d", {
      priority_policy: "pinned_client",
      priority_groups: ["g"],
    });
    const request = { batch: 1, group: "g" };
    const whole = await server.pull("S", "d", request).next();
    assert.deepEqual([whole.headers.get("A"), whole.payload], ["b", "hello"]);
    assert.notEqual(pinOf(whole), "");
  }));

test("prioritized serves lower priorities first, and in turn within one", () =>
  withJetStream(async (server) => {
    await prepare(server, 0, "prioritized");
    const inboxes = [
      pull(server, { priority: 5, batch: 10 }),
      pull(server, { priority: 1, batch: 2 }),
      pull(server, { priority: 1, batch: 2 }),
      pull(server, { batch: 1 }),
    ];
    for (let i = 1; i <= 7; i++) await server.publish("s.x", `${i}`);
    await server.advance(10);
    assert.deepEqual(
      inboxes.map((inbox) => inbox.received.map(({ payload }) => payload)),
      [["6", "7"], ["2", "4"], ["3", "5"], ["1"]],
    );
  }));

test("those who wait for messages are told when the server stops", () =>
  withJetStream(async (server) => {
    await prepare(server, 0, "prioritized");
    const inbox = pull(server, { batch: 5, max_bytes: 100 });
    server.jetstream.announceShutdown();
    const answer = await inbox.next();
    assert.deepEqual(statusOf(answer), [409, "Server Shutdown"]);
    assert.deepEqual(
      [answer.headers.get("Nats-Pending-Messages"), answer.headers.get("Nats-Pending-Bytes")],
      ["5", "100"],
    );
  }));

test("a consumer whose messages are being worked on does not go for want of use", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    await server.publish("s.x", "1");
    const config = { ack_policy: "explicit", ack_wait: 30 * SECOND, inactive_threshold: SECOND };
    await server.ok("CONSUMER.CREATE.S.e", { stream_name: "S", config: { name: "e", ...config } });
    await server.pull("S", "e").next();
    await server.advance(30_500);
    // It was due then, and might be worked on for as long again, if somebody had asked for it.
    await server.ok("CONSUMER.INFO.S.e");
    await server.advance(29_500);
    await server.ok("CONSUMER.INFO.S.e");
    await server.advance(1_500);
    assert.equal((await server.api("CONSUMER.INFO.S.e")).error.err_code, 10014);
  }));
