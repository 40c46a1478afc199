import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestJetStream } from "../support/test-jetstream.ts";
import { withJetStream } from "../support/test-jetstream.ts";

/**
 * Goal: a mirror is its origin, message for message, whatever was removed there, and goes on after anything that gets in
 * its way. Method: origins with gaps, filters and restarts, in virtual time, compared with the mirror by direct look-up.
 */
const SETTLE_MS = 500;

/** The sequences, subjects, payloads and times of a stream's messages. */
async function contentOf(server: TestJetStream, name: string): Promise<unknown[]> {
  const { state } = await server.ok(`STREAM.INFO.${name}`);
  const content: unknown[] = [];
  for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
    const { message } = await server.api(`STREAM.MSG.GET.${name}`, { seq });
    if (message !== undefined) content.push(message);
  }
  return content;
}

async function isSame(server: TestJetStream, origin = "O", mirror = "M"): Promise<void> {
  assert.deepEqual(await contentOf(server, mirror), await contentOf(server, origin));
  const [a, b] = [
    await server.ok(`STREAM.INFO.${origin}`),
    await server.ok(`STREAM.INFO.${mirror}`),
  ];
  assert.equal(b.state.last_seq, a.state.last_seq);
}

function createMirror(server: TestJetStream, mirror: object = {}, config: object = {}) {
  const body = { name: "M", mirror: { name: "O", ...mirror }, ...config };
  return server.ok("STREAM.CREATE.M", body);
}

async function publishSome(server: TestJetStream, count: number, from = 0): Promise<void> {
  for (let i = from; i < from + count; i++) await server.publish(`o.${i}`, `message ${i}`);
}

describe("a mirror", () => {
  test("has what its origin has, with sequences, headers and times", () =>
    withJetStream(async (server) => {
      await server.createStream("O");
      await publishSome(server, 3);
      await server.publish("o.h", "x", { "Nats-Msg-Id": "1", Own: "y" });
      await server.advance(5_000);
      await createMirror(server);
      await server.advance(SETTLE_MS);
      await isSame(server);
      await publishSome(server, 3, 10);
      await isSame(server);
      const { mirror } = await server.ok("STREAM.INFO.M");
      assert.deepEqual({ ...mirror, active: 0 }, { name: "O", lag: 0, active: 0 });
      assert.ok(mirror.active >= 0);
    }));

  test("says that its origin was never heard, and tries until it is there", () =>
    withJetStream(async (server) => {
      const { mirror } = await createMirror(server);
      assert.deepEqual(mirror, { name: "O", lag: 0, active: -1 });
      await server.advance(1_000);
      const { mirror: failed } = await server.ok("STREAM.INFO.M");
      assert.equal(failed.error.err_code, 10059);
      await server.createStream("O");
      await publishSome(server, 2);
      await server.advance(13_000);
      await isSame(server);
    }));

  test("leaves out what the origin does not have any more, however much", () =>
    withJetStream(async (server) => {
      await server.createStream("O", { first_seq: 5_000_000_000 });
      await publishSome(server, 10);
      await server.ok("STREAM.MSG.DELETE.O", { seq: 5_000_000_003 });
      await server.ok("STREAM.MSG.DELETE.O", { seq: 5_000_000_004 });
      await server.ok("STREAM.PURGE.O", { seq: 5_000_000_002 });
      await createMirror(server);
      await server.advance(SETTLE_MS);
      const { state } = await server.ok("STREAM.INFO.M");
      assert.deepEqual(
        [state.messages, state.first_seq, state.last_seq, state.num_deleted],
        [6, 5_000_000_002, 5_000_000_009, 2],
      );
    }));

  for (const how of ["crash", "restart"] as const) {
    test(`goes on after a ${how}`, () =>
      withJetStream(async (server) => {
        await server.createStream("O");
        await publishSome(server, 5);
        await createMirror(server);
        await server.advance(SETTLE_MS);
        await publishSome(server, 5, 5);
        const again = how === "crash" ? await server.crash() : await server.restart();
        await publishSome(again, 5, 10);
        await again.advance(5_000);
        await isSame(again);
        return again;
      }));
  }

  test("is filtered, with the sequences of the origin", () =>
    withJetStream(async (server) => {
      await server.createStream("O");
      await publishSome(server, 5);
      await createMirror(server, { filter_subject: "o.3" });
      await server.advance(SETTLE_MS);
      const content = (await contentOf(server, "M")) as { subject: string; seq: number }[];
      assert.deepEqual(
        content.map(({ subject, seq }) => [subject, seq]),
        [["o.3", 4]],
      );
      const { mirror } = await server.ok("STREAM.INFO.M");
      assert.equal(mirror.filter_subject, "o.3");
    }));

  test("gives subjects other names, in its own words and the stream's", () =>
    withJetStream(async (server) => {
      await server.createStream("O");
      await publishSome(server, 3);
      const transforms = [
        { src: "o.1", dest: "one" },
        { src: "o.2", dest: "" },
      ];
      await createMirror(server, { subject_transforms: transforms });
      await server.advance(SETTLE_MS);
      const content = (await contentOf(server, "M")) as { subject: string; seq: number }[];
      assert.deepEqual(
        content.map(({ subject, seq }) => [subject, seq]),
        [
          ["one", 2],
          ["o.2", 3],
        ],
      );
    }));

  test("begins at a sequence or a time", () =>
    withJetStream(async (server) => {
      await server.createStream("O");
      await publishSome(server, 3);
      await server.advance(10_000);
      const time = new Date(server.host.clock.nowMs() - 5_000).toISOString();
      await publishSome(server, 2, 3);
      await createMirror(server, { opt_start_seq: 3 });
      await server.ok("STREAM.CREATE.T", {
        name: "T",
        mirror: { name: "O", opt_start_time: time },
      });
      await server.advance(SETTLE_MS);
      const { state } = await server.ok("STREAM.INFO.M");
      assert.deepEqual([state.messages, state.first_seq], [3, 3]);
      const { state: since } = await server.ok("STREAM.INFO.T");
      assert.deepEqual([since.messages, since.first_seq], [2, 4]);
    }));

  test("becomes a stream of its own when it mirrors no more", () =>
    withJetStream(async (server) => {
      await server.createStream("O");
      await publishSome(server, 2);
      await createMirror(server);
      await server.advance(SETTLE_MS);
      const answer = await server.ok("STREAM.UPDATE.M", { name: "M", subjects: ["m"] });
      assert.equal(answer.mirror, undefined);
      assert.equal((await server.publish("m", "own")).seq, 3);
      await publishSome(server, 2, 2);
      await server.advance(20_000);
      const { state } = await server.ok("STREAM.INFO.M");
      assert.equal(state.messages, 3);
    }));

  test("gets what comes after a silence of its origin, and of itself", () =>
    withJetStream(async (server) => {
      await server.createStream("O");
      await createMirror(server);
      await server.advance(60_000);
      await publishSome(server, 2);
      await server.advance(1);
      await isSame(server);
      // The origin's consumer is lost: the mirror notices that nothing is heard of it.
      const origin = server.jetstream.stream("O");
      assert.ok(origin !== undefined);
      for (const consumer of [...origin.consumers.values()]) {
        server.jetstream.deleteConsumer(origin, consumer);
      }
      await publishSome(server, 2, 2);
      assert.equal((await server.ok("STREAM.INFO.M")).state.last_seq, 2);
      await server.advance(25_000);
      await isSame(server);
    }));

  test("answers direct gets of its origin once it has caught up", () =>
    withJetStream(async (server) => {
      await server.createStream("O", { allow_direct: true });
      await publishSome(server, 2);
      const { config } = await createMirror(server);
      assert.equal(config.mirror_direct, true);
      await server.advance(SETTLE_MS);
      const inbox = server.ask("$JS.API.DIRECT.GET.O.o.1");
      await server.advance(10);
      assert.deepEqual(
        inbox.received.map(({ payload }) => payload),
        ["message 1"],
      );
      await server.ok("STREAM.DELETE.O");
      const alone = await server.request("$JS.API.DIRECT.GET.O.o.1");
      assert.equal(alone.headers.get("Nats-Stream"), "M");
      inbox.close();
    }));

  test("takes no more than it may hold, and waits for room", () =>
    withJetStream(async (server) => {
      await server.createStream("O");
      await publishSome(server, 3);
      await createMirror(server, {}, { max_msgs: 2, discard: "new" });
      await server.advance(SETTLE_MS);
      assert.equal((await server.ok("STREAM.INFO.M")).state.last_seq, 2);
      await server.ok("STREAM.PURGE.M", { seq: 2 });
      await server.advance(5_000);
      assert.equal((await server.ok("STREAM.INFO.M")).state.last_seq, 3);
    }));

  test("feeds on a work queue, which lets go of what the mirror has on disk", () =>
    withJetStream(async (server) => {
      await server.createStream("O", { retention: "workqueue" });
      await publishSome(server, 3);
      await createMirror(server);
      await server.advance(5_000);
      assert.equal((await server.ok("STREAM.INFO.M")).state.messages, 3);
      assert.equal((await server.ok("STREAM.INFO.O")).state.messages, 0);
    }));
});
