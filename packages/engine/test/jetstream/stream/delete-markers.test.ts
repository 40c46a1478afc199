import assert from "node:assert/strict";
import { test } from "node:test";
import type { Received } from "../support/inbox.ts";
import { type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

const config = { subject_delete_marker_ttl: 60e9, allow_direct: true };

function kept(server: TestJetStream): number[] {
  const sequences: number[] = [];
  server.jetstream.stream("S")?.log.forEach(0, (sequence) => sequences.push(sequence));
  return sequences;
}

function last(server: TestJetStream, subject = "s.a"): Promise<Received> {
  return server.request(`$JS.API.DIRECT.GET.S.${subject}`);
}

function isMarker({ headers }: Received): boolean {
  return headers.get("Nats-Marker-Reason") === "MaxAge";
}

test("the last message of a subject that ends by age leaves a marker, which ends without one", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { ...config, max_age: 2e9 });
    const inbox = server.subscribe("republished");
    await server.publish("s.a", "1");
    await server.publish("s.a", "2");
    await server.publish("s.b", "3");
    await server.advance(2_100);
    assert.deepEqual(kept(server), [4, 5]);
    const marker = await last(server);
    assert.equal(isMarker(marker), true);
    assert.equal(marker.headers.get("Nats-TTL"), "1m0s");
    assert.equal(marker.headers.get("Nats-Rollup"), "sub");
    assert.equal(marker.payload, "");
    // The age limit of the stream ends the marker before its lifetime does.
    await server.advance(2_100);
    assert.deepEqual(kept(server), []);
    assert.deepEqual(inbox.rest(), []);
  }));

test("so does one that ends by its own lifetime; the marker stays for its own", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { ...config, max_msgs_per_subject: 1 });
    await server.publish("s.a", "1", { "Nats-TTL": "1" });
    await server.advance(1_100);
    assert.deepEqual([isMarker(await last(server)), kept(server)], [true, [2]]);
    const next = await server.crash();
    await next.advance(58_000);
    assert.deepEqual(kept(next), [2]);
    await next.advance(2_000);
    assert.deepEqual(kept(next), []);
    return next;
  }));

test("where others of the subject are left, and for markers and purged keys, there is none", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { ...config, subject_delete_marker_ttl: 1e9 });
    await server.publish("s.a", "1", { "Nats-TTL": "2" });
    await server.publish("s.a", "2", { "Nats-TTL": "never" });
    await server.publish("s.b", "", { "KV-Operation": "PURGE", "Nats-TTL": "2" });
    await server.publish("s.c", "", { "KV-Operation": "DEL", "Nats-TTL": "2" });
    await server.publish("s.d", "", { "Nats-Marker-Reason": "MaxAge", "Nats-TTL": "2" });
    await server.advance(2_100);
    assert.deepEqual(kept(server), [2, 6]);
    assert.equal(isMarker(await last(server, "s.c")), true);
  }));

test("a lifetime is never shorter than that of markers, unless a subject has one message only", () =>
  withJetStream(async (server) => {
    await server.createStream("S", config);
    await server.publish("s.a", "1", { own: "x", "Nats-TTL": "5", other: "y" });
    const message = await last(server);
    assert.deepEqual(
      ["Nats-TTL", "own", "other"].map((name) => message.headers.get(name)),
      ["60", "x", "y"],
    );
    await server.advance(59_000);
    assert.deepEqual(kept(server), [1]);
    await server.advance(2_000);
    assert.deepEqual(kept(server), [2]);
  }));

test("what ends while the server is down leaves its marker at the start, once", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { ...config, max_msgs_per_subject: 1 });
    for (const subject of ["s.a", "s.b", "s.c"]) {
      await server.publish(subject, subject, { own: "x", "Nats-TTL": "1" });
    }
    await server.close();
    await server.advance(5_000);
    // Messages lie on disk now, and their headers have to be read from there.
    const next = await server.startedAgain();
    await next.advance(10);
    assert.deepEqual(kept(next), [4, 5, 6]);
    const after = await next.crash();
    await after.advance(1_000);
    assert.deepEqual(kept(after), [4, 5, 6]);
    assert.equal(isMarker(await last(after, "s.b")), true);
    return after;
  }));

test("removals, purges and limits leave no marker", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { ...config, max_msgs: 2 });
    for (const subject of ["s.a", "s.b", "s.c", "s.d"]) await server.publish(subject);
    await server.ok("STREAM.MSG.DELETE.S", { seq: 3 });
    await server.ok("STREAM.PURGE.S", { filter: "s.d" });
    assert.deepEqual(kept(server), []);
  }));

test("a marker is republished, delivered, and subject to interest like any message", () =>
  withJetStream(async (server) => {
    await server.createStream("S", {
      ...config,
      max_age: 1e9,
      retention: "interest",
      republish: { src: "s.>", dest: "out.>" },
    });
    await server.createConsumer("S", "c", { filter_subject: "s.a" });
    const inbox = server.subscribe("out.>");
    await server.publish("s.a", "1");
    await server.advance(1_100);
    const [message, marker] = await inbox.take(2);
    assert.deepEqual(
      [message?.payload, marker?.headers.get("Nats-Marker-Reason")],
      ["1", "MaxAge"],
    );
    const delivered = await server.pull("S", "c").next();
    assert.equal(isMarker(delivered), true);
    await server.request(delivered.reply, "+ACK");
    assert.deepEqual(kept(server), []);
  }));

test("a full stream that takes nothing new still takes markers", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { ...config, discard: "new", max_msgs: 2, max_age: 1e9 });
    await server.publish("s.a");
    await server.publish("s.b");
    assert.equal((await server.publish("s.c")).error.err_code, 10077);
    await server.advance(1_100);
    assert.deepEqual(kept(server), [3, 4]);
  }));
