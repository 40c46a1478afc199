import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

/**
 * Goal: no header by which a publisher asks something does harm, whatever it says. Method: streams that can do all there
 * is get messages with any of those headers, well formed, spoiled, and as raw bytes; then they have to work as before.
 */
const names = [
  "Nats-Msg-Id",
  "Nats-TTL",
  "Nats-Rollup",
  "Nats-Incr",
  "Nats-Counter-Sources",
  "Nats-Batch-Id",
  "Nats-Batch-Sequence",
  "Nats-Batch-Commit",
  "Nats-Expected-Stream",
  "Nats-Expected-Last-Msg-Id",
  "Nats-Expected-Last-Sequence",
  "Nats-Expected-Last-Subject-Sequence",
  "Nats-Expected-Last-Subject-Sequence-Subject",
  "Nats-Schedule",
  "Nats-Schedule-TTL",
  "Nats-Schedule-Target",
  "Nats-Schedule-Source",
  "Nats-Schedule-Rollup",
  "Nats-Schedule-Time-Zone",
  "Nats-Scheduler",
  "Nats-Schedule-Next",
  "Nats-Required-Api-Level",
  "Nats-Stream-Source",
  "Nats-Marker-Reason",
] as const;

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("0", "1", "2", "3", "1s", "never", "b1", "all", "sub") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ..."-1 2147483647 2147483648 9007199254740993 9223372036854775807 9223372036854775808".split(
        " ",
      ),
      ..."18446744073709551615 18446744073709551616 NaN Infinity 1e309 1.5 +1 0x10".split(" "),
      "9".repeat(400),
      `-${"9".repeat(400)}`,
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "@every 1s",
      "@every 1ns",
      "@every 99999999h",
      "@at 2000-01-01T00:00:01Z",
      "@at 9999-12-31T23:59:59Z",
      "@at 2000-02-31T00:00:00Z",
      "* * * * * *",
      "0 0 31 2 * *",
      "*/0 * * * * *",
      "0-99999 * * * * *",
      "Europe/Vienna",
      "../../etc/passwd",
      "s.target",
      "s.>",
      "$JS.API.STREAM.DELETE.S",
      "{}",
      '{"S":{"a":"1"}}',
      '{"__proto__":{"a":"1"}}',
      "S",
      "eob",
      "purge",
      "",
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
);
const block = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .array(fc.tuple(fc.constantFrom<string>(...names), value), { minLength: 1, maxLength: 5 })
      .map((pairs) => {
        const lines = pairs.map(([name, text]) => `${name}: ${text}\r\n`);
        return Buffer.from(`NATS/1.0\r\n${lines.join("")}\r\n`, "latin1");
      }),
  },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ minLength: 1, maxLength: 60 }).map((b) => Buffer.from(b)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom<string>(...names), fc.string({ unit: "binary", maxLength: 20 }))
      .map(([name, rest]) => Buffer.from(`NATS/1.0\r\n${name}${rest}`, "latin1")),
  },
);
const subject = fc.constantFrom("s.a", "s.b", "n.a", "n.b", "p.a");
const payload = fc.constantFrom("", "x", "12", '{"val":"12"}', '{"val":1e999}');
const reply = fc.constantFrom(
  "_INBOX.fuzz",
  "_INBOX.fuzz.u.1.10.fail.0.$FI",
  "_INBOX.fuzz.u.2.10.ok.1.$FI",
  "_INBOX.fuzz.u.99999999999999999999.x.ok.9.$FI",
  "_INBOX.fuzz.$FI",
);

async function prepare(server: TestJetStream): Promise<void> {
  await server.createStream("S", {
    max_msgs: 200,
    allow_msg_ttl: true,
    allow_rollup_hdrs: true,
    allow_atomic: true,
    allow_batched: true,
    allow_msg_schedules: true,
    subject_delete_marker_ttl: 1e9,
  });
  await server.createStream("N", { max_msgs: 200, allow_msg_counter: true, allow_direct: true });
  await server.createStream("P", { max_msgs: 200 });
}

test("no Nats-* header of a message does harm, whatever it says", () =>
  withJetStream(async (server) => {
    await prepare(server);
    const inbox = server.subscribe("_INBOX.fuzz");
    const flow = server.subscribe("_INBOX.fuzz.>");
    const property = fc.asyncProperty(
      subject,
      block,
      payload,
      reply,
      async (to, head, text, back) => {
        server.sendBytes(to, Buffer.concat([head, Buffer.from(text)]), head.length, back);
        await server.advance(20);
        for (const { payload: answer } of [...inbox.rest(), ...flow.rest()]) {
          if (!answer.startsWith("{")) continue;
          const { error } = JSON.parse(answer) as { error?: { err_code: number } };
          assert.notEqual(error?.err_code, 10029, answer);
        }
      },
    );
    await fc.assert(property, { numRuns: 2_000 });
    await server.advance(60_000);
    for (const stream of ["S", "N", "P"]) {
      const { state } = await server.ok(`STREAM.INFO.${stream}`);
      assert.ok(state.messages <= 200, `${stream} keeps to its limit`);
    }
    const before = (await server.publish("s.plain", "x")).seq as number;
    assert.equal((await server.publish("s.plain", "x")).seq, before + 1);
    assert.equal((await server.publish("n.fresh", "", { "Nats-Incr": "2" })).val, "2");
  }));
