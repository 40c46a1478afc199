import assert from "node:assert/strict";
import { test } from "node:test";
import { takeArchive } from "../jetstream/support/archives.ts";
import { type TestJetStream, withJetStream } from "../jetstream/support/test-jetstream.ts";

/** Numbers at and beyond the ends of what anybody keeps numbers in, as JSON has them or does not. */
const numbers = [
  ..."-1 0 1 2147483647 2147483648 4294967296 9007199254740991 9007199254740992".split(" "),
  ..."9223372036854775807 9223372036854775808 18446744073709551615 -9223372036854775808".split(" "),
  ..."1.5 -0 1e3 1e309 -1e309 NaN Infinity 0x10 01 null true".split(" "),
  '"1"',
  "[1]",
  "{}",
  "9".repeat(500),
];

const streamFields =
  "max_consumers max_msgs max_bytes max_age max_msgs_per_subject max_msg_size num_replicas duplicate_window first_seq subject_delete_marker_ttl".split(
    " ",
  );
const consumerFields =
  "opt_start_seq ack_wait max_deliver rate_limit_bps max_waiting max_ack_pending idle_heartbeat inactive_threshold num_replicas max_batch max_expires max_bytes priority_timeout".split(
    " ",
  );
const requestFields: readonly (readonly [request: string, fields: string])[] = [
  ["STREAM.INFO.S", "offset"],
  ["STREAM.LIST", "offset"],
  ["STREAM.NAMES", "offset"],
  ["CONSUMER.LIST.S", "offset"],
  ["CONSUMER.NAMES.S", "offset limit"],
  ["STREAM.PURGE.S", "seq keep"],
  ["STREAM.MSG.GET.S", "seq"],
  ["STREAM.MSG.DELETE.S", "seq"],
  ["CONSUMER.RESET.S.c", "seq"],
  ["CONSUMER.MSG.NEXT.S.c", "batch expires max_bytes idle_heartbeat min_pending min_ack_pending"],
  ["DIRECT.GET.S", "seq batch max_bytes up_to_seq"],
  ["STREAM.SNAPSHOT.S", "chunk_size window_size"],
];

/** Asks, and lets a moment pass. Whatever comes is an answer, but not that something failed in here. */
async function ask(server: TestJetStream, request: string, body: string): Promise<void> {
  const inbox = server.ask(`$JS.API.${request}`, body);
  await server.advance(5);
  for (const { payload } of inbox.rest()) {
    if (!payload.startsWith("{")) continue;
    assert.notEqual(JSON.parse(payload).error?.err_code, 10029, `${request} ${body}: ${payload}`);
  }
  inbox.close();
}

async function prepare(server: TestJetStream): Promise<void> {
  await server.createStream("S", { allow_direct: true });
  await server.publish("s.a", "x");
  await server.createConsumer("S", "c");
}

test("class C (CVE-2022-42708, NATS 2026-28, CVE-2015-8786): no number in any field of a request does harm", () =>
  withJetStream(async (server) => {
    await prepare(server);
    for (const number of numbers) {
      for (const field of streamFields) {
        const config = `"name":"T","subjects":["t"],"storage":"memory","${field}":${number}`;
        await ask(server, "STREAM.CREATE.T", `{${config}}`);
        await ask(
          server,
          "STREAM.UPDATE.S",
          `{"name":"S","subjects":["s.>"],"${field}":${number}}`,
        );
        await server.api("STREAM.DELETE.T");
      }
      for (const field of consumerFields) {
        const config = `{"durable_name":"d","ack_policy":"explicit","${field}":${number}}`;
        await ask(server, "CONSUMER.CREATE.S.d", `{"stream_name":"S","config":${config}}`);
        await server.api("CONSUMER.DELETE.S.d");
      }
      for (const [request, fields] of requestFields) {
        for (const field of fields.split(" ")) {
          const more = request.startsWith("STREAM.SNAPSHOT") ? '"deliver_subject":"snap",' : "";
          await ask(server, request, `{${more}"${field}":${number}}`);
        }
      }
      await server.api("STREAM.DELETE.S");
      await prepare(server);
    }
    assert.equal((await server.publish("s.a", "x")).seq, 2);
  }));

/** What is no name, or an end of one protocol and the beginning of another. */
const evil = [
  "a b",
  "a\r\nPUB x 0",
  "a\nb",
  "a\tb",
  "a\0b",
  "",
  ".",
  "..",
  "a..b",
  ".a",
  "a.",
  "../../etc/passwd",
  "/etc/passwd",
  "a/b",
  "a\\b",
  "a*b",
  "a>",
  "*",
  ">",
  "$JS.API.>",
  "x".repeat(64 * 1024),
];

test("class F (NATS 2026-22): no name with blanks or line ends becomes a subject", () =>
  withJetStream(async (server) => {
    const bodies = (name: string): readonly (readonly [string, object])[] => [
      ["STREAM.CREATE.T", { name: "T", subjects: [name] }],
      ["STREAM.CREATE.T", { name: "T", subjects: ["t"], republish: { src: ">", dest: name } }],
      ["STREAM.CREATE.T", { name: "T", subject_transform: { src: name, dest: name } }],
      ["STREAM.CREATE.T", { name: "T", sources: [{ name: "S", filter_subject: name }] }],
      [
        "STREAM.CREATE.T",
        { name: "T", mirror: { name: "S", external: { api: name, deliver: name } } },
      ],
      ["CONSUMER.CREATE.S", { stream_name: "S", config: { deliver_subject: name } }],
      ["CONSUMER.CREATE.S", { stream_name: "S", config: { filter_subject: name } }],
    ];
    await server.createStream("S");
    for (const name of evil) {
      if (!/\s/.test(name)) continue;
      for (const [request, body] of bodies(name)) {
        const answer = await server.api(request, body);
        assert.ok(answer.error, `${request} takes ${JSON.stringify(body)}`);
      }
    }
  }));

test("class G (CVE-2022-26652, CVE-2022-28357): no name and no archive reaches a file outside the store", () =>
  withJetStream(async (server) => {
    const inStore =
      /^\/?data\/(?:lock(?:\.pid)?|store\.json(?:\.\w+)?|journal\/\d+\.jnl|logs\/\d+\/\d+\.(?:seg|del)(?:\.\w+)?)$/;
    for (const name of evil) {
      const answer = await server.api(`STREAM.CREATE.x`, { name, subjects: ["t"] });
      assert.ok(answer.error, JSON.stringify(name));
    }
    await server.createStream("größe", { subjects: ["t.>"] });
    await server.publish("t./etc/passwd", "x");
    await server.createStream("S");
    await server.publish("s.a", "x");
    const archive = await takeArchive(server, "S");
    await server.ok("STREAM.DELETE.S");
    for (const name of ["../S", "/S", "S/../../x"]) {
      const config = { name, subjects: ["s.>"] };
      const answer = await server.api("STREAM.RESTORE.S", { config, state: {} });
      assert.ok(answer.error, name);
    }
    const begun = await server.ok("STREAM.RESTORE.S", {
      config: { name: "S", subjects: ["s.>"] },
      state: {},
    });
    await server.request(String(begun.deliver_subject), archive);
    await server.request(String(begun.deliver_subject));
    await server.store.checkpoint();
    for (const path of server.host.disk.paths()) assert.match(path, inStore);
  }));

test("class D (CVE-2026-33222): a restore is into the stream of its subject, and no other", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    await server.publish("s.a", "secret");
    const archive = await takeArchive(server, "S");
    const config = { name: "VICTIM", subjects: ["v.>"] };
    const mismatch = await server.api("STREAM.RESTORE.S2", { config, state: {} });
    assert.ok(mismatch.error);
    const own = await server.ok("STREAM.RESTORE.S2", {
      config: { name: "S2", subjects: ["s2.>"] },
      state: {},
    });
    const answers = server.subscribe("_INBOX.answers");
    server.send(String(own.deliver_subject), archive, {}, answers.subject);
    server.send(String(own.deliver_subject), "", {}, answers.subject);
    await server.advance(10_000);
    assert.match(answers.rest()[0]?.payload ?? "", /"error"/);
    assert.deepEqual((await server.ok("STREAM.NAMES")).streams, ["S"]);
  }));
