import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type TestJetStream, withJetStream } from "../support/test-jetstream.ts";

// Goal: whoever publishes without waiting, and then asks, sees what was published, as with nats-server, and sees nothing
// that a crash could still take back. All publishes and requests of a test happen within one turn, before any commit.

async function withStream(
  body: (server: TestJetStream) => Promise<unknown>,
  config: object = {},
): Promise<void> {
  await withJetStream(async (server) => {
    await server.createStream("S", config);
    return body(server);
  });
}

describe("messages that nobody has acknowledged yet", () => {
  test("are in the info of their stream", () =>
    withStream(async (server) => {
      server.send("s.a", "1");
      server.send("s.a", "2");
      const info = server.ok("STREAM.INFO.S");
      assert.equal(server.jetstream.stream("S")?.log.committedSequence, 0);
      const { state } = await info;
      assert.deepEqual([state.messages, state.last_seq], [2, 2]);
      assert.equal(
        server.jetstream.stream("S")?.log.committedSequence,
        2,
        "and are durable by then",
      );
    }));

  test("are in the info of their stream though its last one is removed", () =>
    withStream(async (server) => {
      server.send("s.a", "1");
      server.send("s.a", "2");
      server.jetstream.stream("S")?.log.remove(2);
      const { state } = await server.ok("STREAM.INFO.S");
      assert.deepEqual([state.messages, state.last_seq], [1, 2]);
      assert.equal(server.jetstream.stream("S")?.log.committedSequence, 2);
    }));

  test("are in lists of streams and of consumers", () =>
    withStream(async (server) => {
      await server.createConsumer("S", "c");
      server.send("s.a");
      server.send("s.a");
      const [streams, consumers] = await Promise.all([
        server.ok("STREAM.LIST"),
        server.ok("CONSUMER.LIST.S"),
      ]);
      assert.equal(streams.streams[0].state.messages, 2);
      assert.equal(consumers.consumers[0].num_pending, 2);
    }));

  test("are pending for a consumer that is asked about, filtered or not", () =>
    withStream(async (server) => {
      await server.createConsumer("S", "all");
      await server.createConsumer("S", "some", { filter_subject: "s.b" });
      for (const subject of ["s.a", "s.b", "s.b", "s.a"]) server.send(subject);
      const [all, some] = await Promise.all([
        server.ok("CONSUMER.INFO.S.all"),
        server.ok("CONSUMER.INFO.S.some"),
      ]);
      assert.deepEqual([all.num_pending, some.num_pending], [4, 2]);
      assert.equal((await server.ok("CONSUMER.INFO.S.all")).num_pending, 4, "counted once");
    }));

  test("are pending for a consumer that is created after them, and are counted down to 0", () =>
    withStream(async (server) => {
      await server.publish("s.a", "durable");
      server.send("s.a", "1");
      server.send("s.a", "2");
      const pushed = server.subscribe("to");
      const { num_pending } = await server.createConsumer("S", "c", { deliver_subject: "to" });
      assert.equal(num_pending, 3);
      const left = (await pushed.take(3)).map(({ reply }) => Number(reply.split(".").at(-1)));
      assert.deepEqual(left, [2, 1, 0]);
      pushed.close();
    }));

  test("count down together with those before them", () =>
    withStream(async (server) => {
      await server.createConsumer("S", "c");
      for (let i = 0; i < 3; i++) await server.publish("s.a");
      server.send("s.a");
      server.send("s.a");
      const pull = server.pull("S", "c", { batch: 5, expires: 1e9 });
      const left = (await pull.take(5)).map(({ reply }) => Number(reply.split(".").at(-1)));
      assert.deepEqual(left, [4, 3, 2, 1, 0]);
    }));

  test("are given to a request that does not wait", () =>
    withStream(async (server) => {
      await server.createConsumer("S", "c");
      await server.publish("s.a", "durable");
      server.send("s.a", "1");
      server.send("s.a", "2");
      const pull = server.pull("S", "c", { batch: 5, no_wait: true });
      const got = await pull.take(4);
      assert.deepEqual(
        got.map(({ payload, status }) => status || payload),
        ["durable", "1", "2", 404],
      );
    }));

  test("that come after a request that does not wait do not hold it up", () =>
    withStream(async (server) => {
      await server.createConsumer("S", "c", { filter_subject: "s.a" });
      server.send("s.a", "1");
      const pull = server.pull("S", "c", { batch: 5, no_wait: true });
      // From now on there is never a moment without a message that waits for the disk.
      let left = 1_000;
      const publishOn = (): void => {
        if (left-- <= 0) return;
        server.send("s.b");
        server.host.clock.afterTurn(publishOn);
      };
      publishOn();
      const [message, end] = await pull.take(2);
      assert.ok(left > 0, "while messages still come");
      left = 0;
      assert.deepEqual([message?.payload, end?.status], ["1", 404]);
    }));

  test("are found by direct gets and by the API", () =>
    withStream(
      async (server) => {
        server.send("s.a", "1");
        const direct = server.request("$JS.API.DIRECT.GET.S.s.a");
        const last = server.ok("STREAM.MSG.GET.S", { last_by_subj: "s.a" });
        server.send("s.a", "2");
        assert.equal((await direct).payload, "1");
        assert.equal((await last).message.seq, 1);
      },
      { allow_direct: true },
    ));

  test("are purged and deleted by requests that come after them, and by no other", () =>
    withStream(async (server) => {
      server.send("s.a", "1");
      const purge = server.ok("STREAM.PURGE.S");
      server.send("s.a", "2");
      server.send("s.a", "3");
      const removal = server.ok("STREAM.MSG.DELETE.S", { seq: 2 });
      const info = server.ok("STREAM.INFO.S");
      assert.equal((await purge).purged, 1);
      await removal;
      const { state } = await info;
      assert.deepEqual([state.messages, state.first_seq, state.last_seq], [1, 3, 3]);
    }));

  test("of a stream in memory are there at once", () =>
    withStream(
      async (server) => {
        await server.createConsumer("S", "c");
        server.send("s.a");
        server.send("s.a");
        assert.equal((await server.ok("CONSUMER.INFO.S.c")).num_pending, 2);
      },
      { storage: "memory" },
    ));

  test("are found by requests that come after them while they wait for something to be read", () =>
    withStream(
      async (server) => {
        await server.createConsumer("S", "c", { filter_subject: "s.a" });
        const increment = { "Nats-Incr": "+1" };
        await server.publish("s.a", "", increment);
        // What is read at the start, for the window of duplicates, is far away from that.
        const filler = { ...increment, Filler: "x".repeat(60_000) };
        for (let i = 0; i < 20; i++) await server.publish(`s.${i}`, "", filler);
        await server.advance(600_000);
        await server.publish("s.b", "", increment);
        const again = await server.restart();
        again.send("s.a", "", increment);
        assert.equal(again.jetstream.stream("S")?.waiting.isActive, true, "its total is on disk");
        const info = again.ok("STREAM.INFO.S");
        const consumer = again.ok("CONSUMER.INFO.S.c");
        const direct = again.request("$JS.API.DIRECT.GET.S.s.a");
        const pull = again.pull("S", "c", { batch: 5, no_wait: true });
        assert.equal((await info).state.messages, 23);
        assert.equal((await consumer).num_pending, 2);
        assert.equal((await direct).payload, '{"val":"2"}');
        assert.equal((await pull.take(2)).at(-1)?.payload, '{"val":"2"}');
        return again;
      },
      { allow_msg_counter: true, allow_direct: true },
    ));

  test("hold up nobody once they can't be written", () =>
    withStream(
      async (server) => {
        await server.createConsumer("S", "c");
        const { disk } = server.host;
        disk.failAt("JOURNAL:COMMIT", disk.callCount("JOURNAL:COMMIT") + 1, "EIO");
        server.send("s.a");
        const pull = server.pull("S", "c", { batch: 5, no_wait: true });
        const answers = [
          server.api("STREAM.INFO.S"),
          server.api("STREAM.LIST"),
          server.api("CONSUMER.INFO.S.c"),
          server.api("CONSUMER.LIST.S"),
          server.api("STREAM.MSG.GET.S", { seq: 1 }),
          server.api("STREAM.PURGE.S"),
          server.api("CONSUMER.CREATE.S.d", { stream_name: "S", config: { name: "d" } }),
        ];
        const direct = server.request("$JS.API.DIRECT.GET.S.s.a");
        await Promise.all(answers);
        assert.equal((await pull.next()).status, 404);
        assert.equal((await direct).status, 404);
        const later = server.pull("S", "c", { batch: 5, no_wait: true });
        assert.equal((await later.next()).status, 404);
        await server.api("STREAM.INFO.S");
        await server.api("CONSUMER.INFO.S.c");
        await server.close();
        return server.startedAgain();
      },
      { allow_direct: true },
    ));
});
