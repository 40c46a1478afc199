import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { accountRequests } from "../../../src/jetstream/api/account-requests.ts";
import { consumerControlRequests } from "../../../src/jetstream/api/consumer-control.ts";
import { consumerRequests } from "../../../src/jetstream/api/consumer-requests.ts";
import { messageRequests } from "../../../src/jetstream/api/message-requests.ts";
import { snapshotRequests } from "../../../src/jetstream/api/snapshot-requests.ts";
import { streamRequests } from "../../../src/jetstream/api/stream-requests.ts";
import { type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

/** All there are, and the two that streams and consumers answer themselves. */
const requests = [
  accountRequests,
  streamRequests,
  messageRequests,
  consumerRequests,
  consumerControlRequests,
  snapshotRequests,
].flatMap((table) => table.map(([name]) => name));
requests.push("CONSUMER.MSG.NEXT", "DIRECT.GET");

const token = fc.oneof(
  fc.constantFrom("S", "c", "NEW", "MSG", "GET", "CREATE", "__proto__", "*", "größe", "a/b"),
  fc.string({ minLength: 1, maxLength: 12 }).map((text) => text.replace(/[\s.]/g, "_")),
);

const subject = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...requests) },
      { weight: 1, arbitrary: token },
    ),
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom([], ["S"], ["S", "c"], ["NEW"], ["S", "new", "s.a"]),
      },
      { weight: 1, arbitrary: fc.array(token, { maxLength: 4 }) },
    ),
  )
  .map(([name, args]) => ["$JS.API", name, ...args].join("."));

/** Members that requests know, with values that they mostly do not expect. */
const member = fc.constantFrom(
  ..."name subjects config stream_name durable_name filter_subject filter_subjects deliver_policy".split(
    " ",
  ),
  ..."opt_start_seq opt_start_time ack_policy ack_wait max_deliver backoff seq keep filter".split(
    " ",
  ),
  ..."last_by_subj next_by_subj start_time multi_last batch up_to_seq up_to_time offset".split(" "),
  ..."subjects_filter deleted_details max_msgs max_bytes max_age storage discard metadata".split(
    " ",
  ),
  ..."pause_until priority_groups group priority_policy priority_timeout min_pending id".split(" "),
  ..."deliver_subject chunk_size window_size no_consumers jsck state threshold reset".split(" "),
  ..."republish subject_transform allow_msg_ttl subject_delete_marker_ttl allow_atomic".split(" "),
  ..."allow_msg_counter allow_msg_schedules allow_batched persist_mode first_seq sealed".split(" "),
  ..."mirror sources retention num_replicas action pedantic expires no_wait idle_heartbeat".split(
    " ",
  ),
);
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    "S",
    "s.>",
    "all",
    "last_per_subject",
    "by_start_time",
    "new",
    "explicit",
  ),
  fc.constantFrom<unknown>("2026-01-01T00:00:00Z", -1, 1, 2 ** 53, 1e30, ["s.a", "s.*"], {
    S: "x",
  }),
);
const object = fc.dictionary(member, value, { maxKeys: 8 });
/** Requests that make sense, which a member or two may spoil. */
const sensible = fc.constantFrom<object>(
  { name: "S", subjects: ["s.>"], allow_direct: true },
  { name: "NEW", subjects: ["new"], max_msgs: 3, storage: "memory" },
  { stream_name: "S", config: { durable_name: "c", ack_policy: "explicit" } },
  { stream_name: "S", config: { name: "new", deliver_policy: "last_per_subject" } },
  { seq: 1 },
  { seq: 1, batch: 3 },
  { multi_last: ["s.*"] },
  { batch: 2, expires: 1e6 },
  { deliver_subject: "snapshot", chunk_size: 1_024 },
  { config: { name: "R", subjects: ["r"] }, state: {} },
  { pause_until: "2030-01-01T00:00:00Z" },
  { seq: 1, group: "g" },
);
const fewMembers = fc.dictionary(member, value, { maxKeys: 1 });
const body = fc.oneof(
  fc.tuple(sensible, fewMembers).map((members) => JSON.stringify(Object.assign({}, ...members))),
  object.map((members) => JSON.stringify(members)),
  fc.tuple(object, object).map(([members, config]) => {
    return JSON.stringify({ stream_name: "S", name: "S", ...members, config });
  }),
  fc.json(),
  fc.string(),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom("", "[".repeat(100_000), '{"a":'.repeat(50_000)),
);

const headers = fc.oneof(
  { weight: 5, arbitrary: fc.constant("") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "NATS/1.0\r\nNats-Required-Api-Level: 99\r\n\r\n",
      "NATS/1.0\r\nNats-Required-Api-Level: x\r\n\r\n",
      "no headers at all",
    ),
  },
);

/** A stream with a message and a consumer, for requests to find. */
async function prepare(server: TestJetStream): Promise<void> {
  await server.api("STREAM.CREATE.S", { name: "S", subjects: ["s.>"], allow_direct: true });
  await server.publish("s.a", "1");
  const config = { durable_name: "c", ack_policy: "explicit" };
  await server.api("CONSUMER.CREATE.S.c", { stream_name: "S", config });
}

test("whatever is asked, the API answers or keeps silent, and goes on", () =>
  withJetStream(async (server) => {
    await prepare(server);
    const inbox = server.subscribe("_INBOX.fuzz");
    const property = fc.asyncProperty(subject, body, headers, async (subject, body, block) => {
      const bytes = Buffer.concat([Buffer.from(block), Buffer.from(body)]);
      server.sendBytes(subject, bytes, block.length, inbox.subject);
      server.sendBytes(subject, bytes, block.length);
      await server.advance(1);
      for (const { payload, status } of inbox.rest()) {
        if (status === 0 && payload.startsWith("{")) {
          const { error } = JSON.parse(payload);
          // An error of ours, and not of who asked, would be this one.
          assert.notEqual(error?.err_code, 10029, `${subject} ${body}: ${payload}`);
        }
      }
      if ((await server.api("CONSUMER.INFO.S.c")).error !== undefined) await prepare(server);
    });
    await fc.assert(property, { numRuns: 1_000 });
  }));

test("whatever is published to a stream or acknowledged, nothing fails", () =>
  withJetStream(async (server) => {
    await prepare(server);
    const { reply } = await server.pull("S", "c").next();
    const prefix = reply.split(".").slice(0, 4).join(".");
    const ackSubject = fc.oneof(
      fc.constant(reply),
      fc
        .array(fc.oneof(fc.nat().map(String), token), { minLength: 1, maxLength: 8 })
        .map((rest) => {
          return `${prefix}.${rest.join(".")}`;
        }),
    );
    const ack = fc.oneof(
      fc.string(),
      fc.tuple(fc.constantFrom("+ACK", "-NAK", "+WPI", "+NXT", "+TERM"), fc.json()).map((parts) => {
        return parts.join(" ");
      }),
    );
    const publishBlock = fc.oneof(
      fc.constantFrom(
        "NATS/1.0\r\nNats-Msg-Id: \r\nNats-Rollup: all\r\n\r\n",
        "NATS/1.0\r\nNats-Expected-Last-Sequence: 99999999999999999999\r\n\r\n",
        "NATS/1.0\r\nNats-Msg-Id",
        "NATS/1.0",
      ),
      fc.string({ minLength: 1 }),
    );
    const inbox = server.subscribe("_INBOX.fuzz");
    const property = fc.asyncProperty(
      ackSubject,
      ack,
      publishBlock,
      async (subject, ack, block) => {
        server.send(subject, ack, {}, inbox.subject);
        const size = Buffer.byteLength(block);
        server.sendBytes("s.a", Buffer.from(`${block}payload`), size, inbox.subject);
        const direct = "$JS.API.DIRECT.GET.S.s.a";
        await server.request(direct);
        inbox.rest();
      },
    );
    await fc.assert(property, { numRuns: 500 });
    await server.ok("STREAM.INFO.S", { subjects_filter: ">" });
  }));
