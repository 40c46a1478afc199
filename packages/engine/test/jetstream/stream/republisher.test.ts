import assert from "node:assert/strict";
import { test } from "node:test";
import type { Received } from "../support/inbox.ts";
import { withJetStream } from "../support/test-jetstream.ts";

function shown({ subject, payload, headers }: Received): string {
  const names = ["Nats-Subject", "Nats-Sequence", "Nats-Last-Sequence"];
  return [subject, ...names.map((name) => headers.get(name)), payload].join(" ");
}

const republish = { src: "s.*", dest: "out.$1" };

test("what is stored is published again, saying where it is and what came before it", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { republish, allow_direct: true });
    const inbox = server.subscribe("out.>");
    await server.publish("s.a", "1", { own: "x", "Nats-Msg-Id": "id" });
    await server.publish("s.b", "2");
    await server.publish("s.a", "3");
    await server.publish("s.a.b", "4");
    const [first, ...others] = await inbox.take(3);
    assert.equal(shown(first as Received), "out.a s.a 1 0 1");
    assert.deepEqual(others.map(shown), ["out.b s.b 2 0 2", "out.a s.a 3 1 3"]);
    assert.equal(first?.headers.get("own"), "x");
    assert.equal(first?.headers.get("Nats-Stream"), "S");
    const stored = await server.request("$JS.API.DIRECT.GET.S", '{"seq":1}');
    assert.equal(first?.headers.get("Nats-Time-Stamp"), stored.headers.get("Nats-Time-Stamp"));
    assert.equal(stored.headers.get("Nats-Last-Sequence"), undefined);
    assert.deepEqual(inbox.rest(), []);
  }));

test("nothing is published again before it is durable, and all of it is then", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { republish, max_msgs_per_subject: 1 });
    const inbox = server.subscribe("out.>");
    server.send("s.a", "1");
    server.send("s.a", "2");
    assert.deepEqual(inbox.rest(), []);
    await server.store.durable();
    // Also the one that was superseded meanwhile.
    assert.deepEqual(inbox.rest().map(shown), ["out.a s.a 1 0 1", "out.a s.a 2 1 2"]);
  }));

test("with headers only, the size stands for the payload", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { republish: { ...republish, headers_only: true } });
    const inbox = server.subscribe("out.>");
    await server.publish("s.a", "12345", { own: "x" });
    const message = await inbox.next();
    assert.deepEqual([message.payload, message.headers.get("Nats-Msg-Size")], ["", "5"]);
    assert.equal(message.headers.get("own"), "x");
  }));

test("what would go to a subject that nobody can publish to goes nowhere", () =>
  withJetStream(async (server) => {
    await server.createStream("S", {
      republish: { src: "s.*", dest: "out.{{SplitFromLeft(1,3)}}" },
    });
    const inbox = server.subscribe("out.>");
    await server.publish("s.abc*");
    await server.publish("s.abcdef");
    assert.deepEqual(
      inbox.rest().map(({ subject }) => subject),
      ["out.abc.def"],
    );
  }));

test("streams in memory may republish to each other without an end", () =>
  withJetStream(async (server) => {
    const memory = { storage: "memory", max_msgs: 10 };
    await server.createStream("S", { ...memory, republish: { src: "s.a", dest: "t.a" } });
    await server.createStream("T", { ...memory, republish: { src: "t.a", dest: "s.a" } });
    await server.publish("s.a");
    await server.advance(1);
    assert.ok((server.jetstream.stream("S")?.log.lastSequence ?? 0) > 1);
    await server.ok("STREAM.DELETE.T");
  }));

test("republishing changes and ends with an update, and goes on after a restart", () =>
  withJetStream(async (server) => {
    const config = { name: "S", subjects: ["s.>"] };
    await server.createStream("S", { republish });
    const next = await server.crash();
    const inbox = next.subscribe("*.a");
    await next.publish("s.a", "1");
    await next.ok("STREAM.UPDATE.S", { ...config, republish: { src: "s.a", dest: "other.a" } });
    await next.publish("s.a", "2");
    await next.ok("STREAM.UPDATE.S", config);
    await next.publish("s.a", "3");
    const subjects = inbox.rest().map(({ subject }) => subject);
    assert.deepEqual(subjects, ["s.a", "out.a", "s.a", "other.a", "s.a"]);
    return next;
  }));
