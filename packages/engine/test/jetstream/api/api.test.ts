import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "../../../src/jetstream/api/paging.ts";
import { type Answer, withJetStream } from "../support/test-jetstream.ts";

test("a page is cut out of a list wherever it is asked for", () => {
  const all = [1, 2, 3, 4, 5];
  const items = (offset: number): number[] => page(all, offset, 2).items;
  assert.deepEqual(
    [items(0), items(4), items(5), items(99), items(-3)],
    [[1, 2], [5], [], [], [1, 2]],
  );
  assert.deepEqual(page(all, 4, 2).members, { total: 5, offset: 4, limit: 2 });
});

for (const [name, change] of [
  ["purge", "STREAM.PURGE.S"],
  ["filtered purge", 'STREAM.PURGE.S {"filter":"s.a"}'],
  ["message delete", 'STREAM.MSG.DELETE.S {"seq":2,"no_erase":true}'],
  ["secure delete", 'STREAM.MSG.DELETE.S {"seq":2}'],
] as const) {
  test(`a ${name} is answered when it survives a power cut`, () =>
    withJetStream(async (server) => {
      await server.createStream("S");
      for (const subject of ["s.a", "s.a", "s.b"]) await server.publish(subject, "x");
      const [request = "", body = ""] = change.split(" ");
      const inbox = server.ask(`$JS.API.${request}`, body);
      assert.deepEqual(inbox.received, [], "nothing is durable at once");
      assert.equal(JSON.parse((await inbox.next()).payload).success, true);
      const { state: before } = await server.ok("STREAM.INFO.S", { deleted_details: true });
      const next = await server.crash();
      const { state: after } = await next.ok("STREAM.INFO.S", { deleted_details: true });
      assert.deepEqual(after, before);
      return next;
    }, name));
}

test("streams and consumers are answered for when they survive a power cut", () =>
  withJetStream(async (server) => {
    await server.createStream("S", { max_msgs: 7 });
    await server.createConsumer("S", "c", { ack_wait: 7e9 });
    let next = await server.crash();
    assert.equal((await next.ok("STREAM.INFO.S")).config.max_msgs, 7);
    assert.equal((await next.ok("CONSUMER.INFO.S.c")).config.ack_wait, 7e9);
    await next.ok("STREAM.UPDATE.S", { name: "S", subjects: ["s.>"], max_msgs: 8 });
    await next.ok("CONSUMER.DELETE.S.c");
    next = await next.crash();
    assert.equal((await next.ok("STREAM.INFO.S")).config.max_msgs, 8);
    assert.equal((await next.api("CONSUMER.INFO.S.c")).error.err_code, 10014);
    await next.ok("STREAM.DELETE.S");
    next = await next.crash();
    assert.equal((await next.api("STREAM.INFO.S")).error.err_code, 10059);
    return next;
  }));

test("the second of two equal creates is not answered before the first is durable", () =>
  withJetStream(async (server) => {
    const body = JSON.stringify({ name: "S", subjects: ["s.>"] });
    const inboxes = [1, 2].map(() => server.ask("$JS.API.STREAM.CREATE.S", body));
    const [first, second] = await Promise.all(inboxes.map((inbox) => inbox.next()));
    assert.ok((second?.atMs ?? 0) >= (first?.atMs ?? 1));
    const next = await server.crash();
    await next.ok("STREAM.INFO.S");
    return next;
  }));

test("requests are counted once they are answered", () =>
  withJetStream(async (server) => {
    assert.deepEqual((await server.ok("INFO")).api, { level: 4, total: 0, errors: 0 });
    await server.createStream("S");
    await server.api("STREAM.INFO.NONE");
    assert.deepEqual((await server.ok("INFO")).api, { level: 4, total: 3, errors: 1 });
  }));

test("two consumers of one name that begin at a time are one", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    await server.publish("s.a", "1");
    const next = await server.restart();
    const config = {
      durable_name: "c",
      ack_policy: "explicit",
      deliver_policy: "by_start_time",
      opt_start_time: (await next.ok("STREAM.INFO.S")).state.first_ts,
    };
    const create = (): Promise<Answer> =>
      next.ok("CONSUMER.CREATE.S.c", { stream_name: "S", config });
    await Promise.all([create(), create()]);
    assert.equal((await next.ok("CONSUMER.NAMES.S")).total, 1);
    assert.equal((await next.pull("S", "c").next()).payload, "1");
    return next;
  }));

test("a consumer begins at an instant within a millisecond", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    const inboxes = Array.from({ length: 20 }, (_, index) => {
      return server.advance(index * 0.03).then(() => server.publish("s.a", `${index + 1}`));
    });
    await Promise.all(inboxes);
    for (let seq = 1; seq <= 20; seq++) {
      const { message } = await server.ok("STREAM.MSG.GET.S", { seq });
      const info = await server.createConsumer("S", `c${seq}`, {
        deliver_policy: "by_start_time",
        opt_start_time: message.time,
      });
      assert.equal(info.num_pending, 21 - seq);
    }
  }));

test("what the state says belongs together, whatever happens while its times are read", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    await server.publish("s.a", "1");
    const next = await server.restart();
    const info = next.ok("STREAM.INFO.S", { deleted_details: true });
    next.send("s.a", "2");
    next.send("s.a", "3");
    const { state } = await info;
    assert.deepEqual([state.messages, state.first_seq, state.last_seq], [1, 1, 1]);
    return next;
  }));

test("a handler that fails answers who asked and nobody else", () =>
  withJetStream(async (server) => {
    await server.createStream("S");
    const { log } = server.jetstream.stream("S") ?? {};
    assert.ok(log !== undefined);
    Object.defineProperty(log, "removeBelow", {
      value: () => {
        throw new Error("broken");
      },
    });
    assert.equal((await server.api("STREAM.PURGE.S")).error.description, "broken");
    await server.ok("STREAM.INFO.S");
  }));
