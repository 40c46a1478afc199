import assert from "node:assert/strict";
import { test } from "node:test";
import { Inbox } from "./support/inbox.ts";
import { type Answer, withJetStream } from "./support/test-jetstream.ts";

test("what happens in streams and consumers is told, in the words of ADR-2", () =>
  withJetStream(async (server) => {
    const told = server.subscribe("$JS.EVENT.ADVISORY.*.*.>");
    await server.createStream("S");
    await server.ok("STREAM.UPDATE.S", { name: "S", subjects: ["s.>"], max_msgs: 5 });
    await server.createConsumer("S", "c", { ack_wait: 1e9, max_deliver: 1 });
    for (const payload of ["1", "2", "3"]) await server.publish("s.a", payload);
    const [first, second] = await server.pull("S", "c", { batch: 4 }).take(3);
    server.send(first?.reply ?? "", "-NAK");
    server.send(second?.reply ?? "", "+TERM not for us");
    await server.advance(2_000);
    await server.ok("STREAM.DELETE.S");

    const events = told.rest().map(({ subject, payload }): [string, Answer] => {
      const { id, timestamp, ...rest } = JSON.parse(payload);
      assert.match(id, /^[0-9A-Za-z]{22}$/);
      assert.match(timestamp, /^2026-01-01T00:00:0\d/);
      return [subject.replace("$JS.EVENT.ADVISORY.", ""), rest];
    });
    const advisory = (type: string): string => `io.nats.jetstream.advisory.v1.${type}`;
    const ofMessage = { stream: "S", consumer: "c", consumer_seq: 1, stream_seq: 1, deliveries: 1 };
    assert.deepEqual(events, [
      ["STREAM.CREATED.S", { type: advisory("stream_action"), stream: "S", action: "create" }],
      ["STREAM.UPDATED.S", { type: advisory("stream_action"), stream: "S", action: "modify" }],
      [
        "CONSUMER.CREATED.S.c",
        { type: advisory("consumer_action"), stream: "S", consumer: "c", action: "create" },
      ],
      ["CONSUMER.MSG_NAKED.S.c", { type: advisory("nak"), ...ofMessage }],
      [
        "CONSUMER.MAX_DELIVERIES.S.c",
        { type: advisory("max_deliver"), stream: "S", consumer: "c", stream_seq: 1, deliveries: 1 },
      ],
      [
        "CONSUMER.MSG_TERMINATED.S.c",
        {
          type: advisory("terminated"),
          ...ofMessage,
          consumer_seq: 2,
          stream_seq: 2,
          reason: "not for us",
        },
      ],
      [
        "CONSUMER.MAX_DELIVERIES.S.c",
        { type: advisory("max_deliver"), stream: "S", consumer: "c", stream_seq: 3, deliveries: 1 },
      ],
      [
        "CONSUMER.DELETED.S.c",
        { type: advisory("consumer_action"), stream: "S", consumer: "c", action: "delete" },
      ],
      ["STREAM.DELETED.S", { type: advisory("stream_action"), stream: "S", action: "delete" }],
    ]);
  }));

test("who runs the server is told of batches that are given up, and of requests that are not taken", () =>
  withJetStream(async (server) => {
    const now = (): number => server.world.nowMs;
    const told = server.subscribe("$JS.EVENT.ADVISORY.>");
    const system = new Inbox(server.systemAccount, "$JS.EVENT.ADVISORY.>", now);
    await server.createStream("S", { allow_atomic: true });
    const batch = { "Nats-Batch-Id": "b", "Nats-Batch-Sequence": "1" };
    await server.request("s.a", "", batch);
    await server.advance(60_000);
    server.jetstream.services.advisories.apiLimitReached(7);
    const of = (inbox: Inbox, name: string): Answer[] =>
      inbox.received
        .filter(({ subject }) => subject.startsWith(`$JS.EVENT.ADVISORY.${name}`))
        .map(({ payload }) => {
          const { id: _, timestamp: __, type: ___, ...rest } = JSON.parse(payload) as Answer;
          return rest;
        });
    const abandoned = { stream: "S", batch: "b", reason: "timeout" };
    assert.deepEqual(of(told, "STREAM.BATCH_ABANDONED.S"), [abandoned]);
    assert.deepEqual(of(system, "STREAM.BATCH_ABANDONED.S"), [{ account: "$G", ...abandoned }]);
    assert.deepEqual(of(told, "API.LIMIT"), []);
    assert.deepEqual(of(system, "API.LIMIT_REACHED"), [{ server: "test", dropped: 7 }]);
    assert.deepEqual(of(system, "STREAM.CREATED"), []);
    told.close();
    system.close();
  }));

test("a stream may store the advisories, also its own", () =>
  withJetStream(async (server) => {
    await server.createStream("EVENTS", { subjects: ["$JS.EVENT.ADVISORY.>"], storage: "memory" });
    await server.createStream("S");
    await server.createConsumer("EVENTS", "c");
    const { state } = await server.ok("STREAM.INFO.EVENTS");
    assert.ok(state.messages >= 2, `${state.messages}`);
  }));

test("requests to the API are audited while somebody wants to hear of it", () =>
  withJetStream(async (server) => {
    await server.createStream("UNHEARD");
    const told = server.subscribe("$JS.EVENT.ADVISORY.API");
    await server.createStream("S");
    await server.api("STREAM.INFO.NONE");
    const [created, refused] = told.rest().map(({ payload }): Answer => JSON.parse(payload));
    assert.equal(created.type, "io.nats.jetstream.advisory.v1.api_audit");
    assert.equal(created.server, "test");
    assert.equal(created.subject, "$JS.API.STREAM.CREATE.S");
    assert.equal(JSON.parse(created.request).name, "S");
    assert.equal(JSON.parse(created.response).did_create, true);
    assert.equal(refused.request, undefined);
    assert.equal(JSON.parse(refused.response).error.err_code, 10059);
  }));
