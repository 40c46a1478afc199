import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { onEachTarget } from "../support/targets.ts";
import { NotifyBench } from "./notify-bench.ts";

onEachTarget("notifications of dead letters", (target) => {
  let bench: NotifyBench;

  beforeEach(async () => {
    bench = await NotifyBench.open(target.server);
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  const orders = { station: "orders" } as const;

  /** A group `billing` of `orders`. */
  async function makeGroup(): Promise<void> {
    const { control } = bench.service;
    await control.call("station.create", orders, {});
    await control.call("group.create", { ...orders, group: "billing" }, {});
  }

  /** So many messages that the group gives up. */
  async function bury(count: number): Promise<void> {
    const { client } = bench.service;
    for (let each = 0; each < count; each++) await client.js.publish("orders.a", "x");
    const consumer = await client.js.consumers.get("orders", "billing");
    for await (const message of await consumer.fetch({ max_messages: count })) {
      message.term("no such customer");
    }
  }

  test("arrive once, signed, and those that follow are counted", async () => {
    const secret = await bench.channel();
    await makeGroup();
    await bench.rule({ when: "deadLetter", groups: ["bill*"] });
    await bench.start();
    await bury(1);
    const first = await bench.receiver.next();
    const headers = first.headers as Record<string, string>;
    const told = new Webhook(secret).verify(first.body, headers) as {
      readonly type: string;
      readonly data: Record<string, unknown>;
    };
    assert.equal(told.type, "oxbow.deadLetter.event");
    const { station, group, count, title, text } = told.data;
    assert.deepEqual({ station, group, count }, { station: "orders", group: "billing", count: 1 });
    assert.equal(title, "A message of group billing of station orders became a dead letter");
    assert.match(String(text), /^No such customer\. Attempts: 1\./);
    await bury(3);
    await bench.ruleState(({ things }) => Object.values(things).some(({ left }) => left === 3));
    assert.equal(bench.receiver.count, 1);
    bench.clock.advance(320_000);
    const more = await bench.receiver.nextNotice();
    assert.equal(more["count"], 3);
    assert.match(String(more["title"]), /^3 messages of group billing .* became dead letters$/);
    assert.deepEqual(bench.problems, []);
  });

  test("are about what comes after the rule, and not about other groups", async () => {
    await bench.channel();
    await makeGroup();
    await bury(1);
    await bench.rule({ when: "deadLetter", groups: ["other"] }, "others");
    await bench.rule({ when: "deadLetter" });
    await bench.start();
    await bury(1);
    await bench.receiver.next();
    await bench.ruleState(
      ({ cursors }) => (cursors["OXBOW_DEAD_LETTERS"]?.sequence ?? 0) >= 2,
      "others",
    );
    assert.equal(bench.receiver.count, 1);
  });

  test("come by one notifier of several, and by the next one when that stops", async () => {
    await bench.channel();
    await makeGroup();
    await bench.rule({ when: "deadLetter", quietMs: 0 });
    const first = await bench.start();
    await bench.start();
    await bury(1);
    await bench.receiver.next();
    await first.close();
    await bury(1);
    bench.clock.advance(6_000);
    await bench.receiver.next();
    assert.equal(bench.receiver.count, 2);
  });
});
