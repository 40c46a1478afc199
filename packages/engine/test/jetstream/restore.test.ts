import assert from "node:assert/strict";
import { test } from "node:test";
import { withJetStream } from "./support/test-jetstream.ts";

test("pending messages, deliveries and floors survive a power cut", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    for (let index = 1; index <= 5; index++) await server.publish("s.a", `${index}`);
    await server.createConsumer("S", "c", { ack_wait: 1e9 });
    const inbox = server.pull("S", "c", { batch: 10 });
    const [first] = await inbox.take(5);
    await server.advance(1_200);
    await server.request(first?.reply ?? "");
    const seen = ["delivered", "ack_floor", "num_ack_pending", "num_redelivered", "num_pending"];
    const before = await server.ok("CONSUMER.INFO.S.c");
    let next = await server.crash();
    for (let round = 0; round < 2; round++) {
      const after = await next.ok("CONSUMER.INFO.S.c");
      for (const each of seen) {
        const drop = ({ last_active: _, ...rest }: Record<string, unknown>): unknown => rest;
        const value = (info: Record<string, unknown>): unknown =>
          typeof info[each] === "object" ? drop(info[each] as Record<string, unknown>) : info[each];
        assert.deepEqual(value(after), value(before), each);
      }
      next = await next.restart();
    }
    await next.advance(2_000);
    const again = await next.pull("S", "c", { batch: 4 }).take(4);
    assert.deepEqual(
      again.map(({ payload, reply }) => [payload, reply.split(".")[4]]),
      ["2", "3", "4", "5"].map((payload) => [payload, "3"]),
    );
    return next;
  }));

test("what a consumer waited for and a limit removed before the restart is forgotten", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { max_age: 10e9 });
    await server.publish("s.a", "1");
    await server.createConsumer("S", "c");
    await server.pull("S", "c").next();
    const host = server.host;
    await server.close();
    await host.clock.advance(20_000);
    const next = await server.startedAgain();
    const info = await next.ok("CONSUMER.INFO.S.c");
    assert.deepEqual([info.num_ack_pending, info.num_pending], [0, 0]);
    return next;
  }));

for (const how of ["crash", "restart"] as const) {
  test(`message ids are known for the rest of their window after a ${how}`, () =>
    withJetStream(async (server) => {
      await server.createStream("S", { duplicate_window: 60e9 });
      await server.publish("s.a", "old", { "Nats-Msg-Id": "old" });
      await server.advance(40_000);
      await server.publish("s.a", "plain");
      await server.publish("s.a", "new", { "Nats-Msg-Id": "new" });
      const next = await server[how]();
      const again = (id: string): Promise<unknown> =>
        next.publish("s.a", id, { "Nats-Msg-Id": id });
      assert.deepEqual(await again("new"), { stream: "S", seq: 3, duplicate: true });
      assert.deepEqual(await again("old"), { stream: "S", seq: 1, duplicate: true });
      const last = { "Nats-Expected-Last-Msg-Id": "new" };
      assert.equal((await next.publish("s.a", "", last)).seq, 4);
      await next.advance(30_000);
      assert.deepEqual(await again("old"), { stream: "S", seq: 5 });
      await next.advance(120_000);
      assert.equal(next.jetstream.stream("S")?.duplicates.size, 0);
      return next;
    }));
}

test("streams and consumers in memory are gone after a restart, and leave nothing", () =>
  withJetStream(async (server) => {
    await server.createStream("M", { storage: "memory" });
    await server.createConsumer("M", "c");
    await server.createStream("S");
    await server.createConsumer("S", "kept");
    await server.createConsumer("S", "lost", { mem_storage: true });
    const next = await server.restart();
    assert.deepEqual((await next.ok("STREAM.NAMES")).streams, ["S"]);
    assert.deepEqual((await next.ok("CONSUMER.NAMES.S")).consumers, ["kept"]);
    await next.createStream("M");
    await next.createConsumer("M", "c");
    return next;
  }));

test("a stream of the name of a deleted one begins anew, also after a power cut", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    await server.publish("s.a", "1");
    await server.createConsumer("S", "c");
    const [deleted, created] = [
      server.ok("STREAM.DELETE.S"),
      server.ok("STREAM.CREATE.S", { name: "S", subjects: ["s.>"] }),
    ];
    await Promise.all([deleted, created]);
    const next = await server.crash();
    const { state } = await next.ok("STREAM.INFO.S");
    assert.deepEqual([state.messages, state.last_seq, state.consumer_count], [0, 0, 0]);
    return next;
  }));

test("a consumer in memory remembers no more than it needs, however long it works", () =>
  withJetStream(async (server) => {
    await server.createStream("M", { storage: "memory", max_msgs: 10 });
    await server.createConsumer("M", "c", { filter_subject: "m.a" });
    for (let round = 0; round < 200; round++) {
      server.send("m.b");
      server.send("m.a");
      const message = await server.pull("M", "c").next();
      server.send(message.reply);
    }
    const { progress } = server.jetstream.stream("M")?.consumers.get("c") ?? {};
    assert.equal(progress?.isDirty, false);
    assert.deepEqual([progress?.pending.size, progress?.deliveries.size], [0, 0]);
  }));
