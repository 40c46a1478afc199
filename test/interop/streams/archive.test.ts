import assert from "node:assert/strict";
import { test } from "node:test";
import { natsServerProgram, oxbowProgram, TestServer } from "@oxbow/testkit/servers";
import { type Archive, putArchive, takeArchive } from "../support/archive.ts";
import { statusOf } from "../support/inbox.ts";
import { RawJetStream } from "../support/jetstream-client.ts";
import type { Address } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

/** A stream with gaps, headers, a large message, and two consumers that have come some way. */
async function fill(server: Address, name: string): Promise<void> {
  await using js = await RawJetStream.open(server);
  await js.createStream(name, { subjects: [`${name}.>`], description: "has been archived" });
  for (let i = 1; i <= 60; i++) {
    await js.publish(`${name}.a.${i % 7}`, `message ${i}`, {
      "Nats-Msg-Id": `id-${i}`,
      Other: "x",
    });
  }
  await js.publish(`${name}.large`, "0123456789abcdef".repeat(40_000));
  await js.publish(`${name}.last`, "");
  for (const seq of [1, 2, 30, 31, 32, 62]) await js.ok(`STREAM.MSG.DELETE.${name}`, { seq });
  await js.createConsumer(name, "worker", { max_deliver: 5, filter_subject: `${name}.a.>` });
  await js.createConsumer(name, "reader", { ack_policy: "none" });
  const inbox = js.pull(name, "worker", { batch: 6 });
  const messages = await inbox.take(6);
  await js.ackSync(messages[0]?.reply);
  await js.ackSync(messages[3]?.reply);
  await js.pull(name, "reader", { batch: 4 }).take(4);
}

/** Everything of a stream that an archive keeps. */
async function contents(server: Address, name: string): Promise<unknown> {
  await using js = await RawJetStream.open(server);
  const { state } = await js.streamInfo(name, { deleted_details: true });
  const messages: unknown[] = [];
  for (let seq = 1; seq <= state.last_seq; seq++) {
    const answer = await js.api(`STREAM.MSG.GET.${name}`, { seq });
    if (answer.error === undefined) messages.push(withCoarseTime(answer["message"]));
  }
  const consumers: unknown[] = [];
  for (const consumer of ["reader", "worker"]) {
    const info = await js.consumerInfo(name, consumer);
    const { delivered, ack_floor: floor, num_ack_pending: pending, num_pending: left } = info;
    consumers.push([
      delivered.consumer_seq,
      delivered.stream_seq,
      floor.consumer_seq,
      pending,
      left,
    ]);
  }
  const { messages: count, bytes, first_seq: first, last_seq: last, deleted } = state;
  // When the stream was created is not in the archives of nats-server 2.15.
  return { count, bytes, first, last, deleted, messages, consumers };
}

/** A log keeps times as doubles of milliseconds: the last digits of the nanoseconds are not kept. */
function coarse(time: string): string {
  return new Date(time).toISOString();
}

function withCoarseTime(message: { readonly time: string }): unknown {
  return { ...message, time: coarse(message.time) };
}

onEachTarget("archives", (target) => {
  test("a stream comes back from its archive as it was", async () => {
    const { server } = target;
    await fill(server, "KEPT");
    const before = await contents(server, "KEPT");
    const archive = await takeArchive(server, "KEPT");
    await using js = await RawJetStream.open(server);
    await js.ok("STREAM.DELETE.KEPT");
    const restored = await putArchive(server, "KEPT", archive);
    assert.equal(restored.error, undefined, JSON.stringify(restored));
    assert.equal(restored.type, "io.nats.jetstream.api.v1.stream_create_response");
    assert.equal(restored["config"].description, "has been archived");
    assert.deepEqual(await contents(server, "KEPT"), before);
    const { seq } = await js.publish("KEPT.new", "behind the last");
    assert.equal(seq, 63);
  });

  test("small chunks and a small window make no difference", async () => {
    const { server } = target;
    await fill(server, "SMALL");
    const whole = await takeArchive(server, "SMALL");
    const options = { chunk_size: 1024, window_size: 2048, jsck: true };
    const pieces = await takeArchive(server, "SMALL", options);
    assert.ok(Math.abs(pieces.bytes.length - whole.bytes.length) < 200);
    await using js = await RawJetStream.open(server);
    const before = await contents(server, "SMALL");
    await js.ok("STREAM.DELETE.SMALL");
    const restored = await putArchive(server, "SMALL", pieces, 999);
    assert.equal(restored.error, undefined, JSON.stringify(restored));
    assert.deepEqual(await contents(server, "SMALL"), before);
  });

  test("without consumers on request", async () => {
    const { server } = target;
    await fill(server, "BARE");
    const archive = await takeArchive(server, "BARE", { no_consumers: true });
    await using js = await RawJetStream.open(server);
    await js.ok("STREAM.DELETE.BARE");
    assert.equal((await putArchive(server, "BARE", archive)).error, undefined);
    assert.equal((await js.streamInfo("BARE"))["state"].consumer_count, 0);
  });

  test("what can't be done is refused", async () => {
    await using js = await RawJetStream.open(target.server);
    await js.createStream("TAKEN", { subjects: ["taken"] });
    const failure = (code: number, errCode: number, description: string): object => ({
      code,
      err_code: errCode,
      description,
    });
    const answers = [
      await js.api("STREAM.SNAPSHOT.TAKEN"),
      await js.api("STREAM.SNAPSHOT.NONE", { deliver_subject: "x" }),
      await js.api("STREAM.SNAPSHOT.TAKEN", { deliver_subject: "x.*" }),
      await js.api("STREAM.RESTORE.TAKEN"),
      await js.api("STREAM.RESTORE.TAKEN", { config: { name: "OTHER" }, state: {} }),
      await js.api("STREAM.RESTORE.TAKEN", {
        config: { name: "TAKEN", subjects: ["t"] },
        state: {},
      }),
    ];
    assert.deepEqual(
      answers.map(({ error }) => error),
      [
        failure(400, 10003, "bad request"),
        failure(404, 10059, "stream not found"),
        failure(400, 10015, "deliver subject not valid"),
        failure(400, 10003, "bad request"),
        failure(400, 10056, "stream name in subject does not match request"),
        failure(400, 10130, "stream name already in use, cannot restore"),
      ],
    );
  });

  test("damaged bytes leave no stream behind", async () => {
    const { server } = target;
    await fill(server, "TORN");
    const archive = await takeArchive(server, "TORN");
    await using js = await RawJetStream.open(server);
    await js.ok("STREAM.DELETE.TORN");
    const bytes = Buffer.from(archive.bytes);
    bytes.fill(0xff, 1000, 1100);
    const answer = await putArchive(server, "TORN", { ...archive, bytes });
    assert.equal(answer.error?.err_code, 10062, JSON.stringify(answer));
    assert.equal((await js.api("STREAM.INFO.TORN")).error?.err_code, 10059);
    assert.equal((await putArchive(server, "TORN", archive)).error, undefined);
  });

  test("a receiver that goes away ends a snapshot", async () => {
    await fill(target.server, "LEFT");
    await using js = await RawJetStream.open(target.server);
    const advisory = js.client.subscribe("$JS.EVENT.ADVISORY.STREAM.SNAPSHOT_COMPLETE.LEFT");
    const chunks = js.client.subscribe("left.chunks");
    const request = { deliver_subject: chunks.subject, chunk_size: 1024, window_size: 1024 };
    await js.ok("STREAM.SNAPSHOT.LEFT", request);
    await chunks.next();
    js.client.unsubscribe(chunks);
    const event = JSON.parse((await advisory.next()).body.toString()) as { error: string };
    assert.equal(event.error, "no interest");
  });

  test("a snapshot can be given to an inbox with wildcards", async () => {
    await using js = await RawJetStream.open(target.server);
    await js.createStream("INBOX", { subjects: ["inbox"] });
    await js.publish("inbox", "x");
    const chunks = js.client.subscribe("many.*");
    await js.ok("STREAM.SNAPSHOT.INBOX", { deliver_subject: "many.one" });
    const first = await chunks.next();
    assert.ok(first.body.length > 0);
    const last = await chunks.next();
    assert.match(statusOf(last), /^(?:204)?$/);
    assert.equal(last.body.length, 0);
  });
});

const nats = natsServerProgram();
const skip = nats === undefined ? "no nats-server on PATH" : false;

for (const [from, to] of [
  [oxbowProgram(), nats],
  [nats, oxbowProgram()],
] as const) {
  test(`an archive of ${from?.name ?? "nats-server"} becomes the same stream in the other`, {
    skip,
  }, async () => {
    if (from === undefined || to === undefined) return;
    await using source = await TestServer.start(from);
    await using target = await TestServer.start(to);
    await fill(source, "MOVED");
    const archive: Archive = await takeArchive(source, "MOVED");
    const restored = await putArchive(target, "MOVED", archive);
    assert.equal(restored.error, undefined, JSON.stringify(restored));
    assert.deepEqual(await contents(target, "MOVED"), await contents(source, "MOVED"));
  });
}

/** A stream with messages that end, a schedule, and a counter beside it. */
async function fillWithTimes(server: Address): Promise<void> {
  await using js = await RawJetStream.open(server);
  await js.createStream("TIMED", {
    subjects: ["timed.>"],
    allow_msg_ttl: true,
    allow_msg_schedules: true,
    subject_delete_marker_ttl: 60e9,
  });
  await js.publish("timed.ends", "x", { "Nats-TTL": "60s" });
  await js.publish("timed.stays", "x", { "Nats-TTL": "never" });
  await js.publish("timed.plan", "planned", {
    "Nats-Schedule": `@at ${new Date(Date.now() + 2_000).toISOString()}`,
    "Nats-Schedule-Target": "timed.fired",
  });
  await js.createStream("COUNTED", { subjects: ["counted"], allow_msg_counter: true });
  for (const step of ["+5", "-2"]) await js.publish("counted", "", { "Nats-Incr": step });
}

for (const [from, to] of [
  [oxbowProgram(), nats],
  [nats, oxbowProgram()],
] as const) {
  test(`schedules, lifetimes and counters of ${from?.name ?? "nats-server"} go on in the other`, {
    skip,
  }, async () => {
    if (from === undefined || to === undefined) return;
    await using source = await TestServer.start(from);
    await using target = await TestServer.start(to);
    await fillWithTimes(source);
    for (const stream of ["TIMED", "COUNTED"]) {
      const archive = await takeArchive(source, stream);
      const restored = await putArchive(target, stream, archive);
      assert.equal(restored.error, undefined, JSON.stringify(restored));
    }
    await using js = await RawJetStream.open(target);
    const deliveries = js.client.subscribe("deliveries");
    await js.createConsumer("TIMED", "watch", {
      deliver_subject: "deliveries",
      ack_policy: "none",
      filter_subject: "timed.fired",
    });
    assert.equal((await deliveries.next()).body.toString(), "planned");
    const { state } = await js.streamInfo("TIMED", { subjects_filter: ">" });
    assert.deepEqual(Object.keys(state["subjects"]).sort(), [
      "timed.ends",
      "timed.fired",
      "timed.stays",
    ]);
    const { body } = await js.client.request("counted", "", { "Nats-Incr": "+1" });
    assert.equal((JSON.parse(body.toString()) as { val: string }).val, "4");
  });
}
