import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsMsg } from "@nats-io/jetstream";
import { nanos } from "../support/jetstream-client.ts";
import { type OfficialClient, openWithStream } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget(
  "the official client's push and ordered consumers",
  (target) => {
    const prepared = (name: string, count: number): Promise<OfficialClient> =>
      openWithStream(target.server, name, count);

    test("a push consumer with flow control gives every message once", async () => {
      await using client = await prepared("PUSHED", 2000);
      await client.jsm.consumers.add("PUSHED", {
        durable_name: "c",
        deliver_subject: "PUSHED_to",
        ack_policy: "explicit",
        flow_control: true,
        idle_heartbeat: nanos(1000),
        max_ack_pending: 500,
      });
      const consumer = await client.js.consumers.getPushConsumer("PUSHED", "c");
      const messages = await consumer.consume();
      const got = await acked(messages, 2000);
      assert.deepEqual(got, sequence(2000));
      assert.equal((await consumer.info()).num_pending, 0);
    });

    test("members of a queue group share a push consumer", async () => {
      await using client = await prepared("SHARED", 0);
      await client.jsm.consumers.add("SHARED", {
        durable_name: "c",
        deliver_subject: "SHARED_to",
        deliver_group: "g",
        ack_policy: "explicit",
      });
      const members = await Promise.all(
        [0, 1, 2].map(async () => {
          const consumer = await client.js.consumers.getPushConsumer("SHARED", "c");
          return consumer.consume();
        }),
      );
      await client.nc.flush();
      const got: number[] = [];
      const counts = [0, 0, 0];
      const all = members.map(async (messages, index) => {
        for await (const message of messages) {
          await message.ackAck();
          counts[index] = (counts[index] ?? 0) + 1;
          got.push(Number(message.string()));
          if (got.length === 100) for (const member of members) member.stop();
        }
      });
      for (let i = 1; i <= 100; i++) await client.js.publish("SHARED.x", String(i));
      await Promise.all(all);
      assert.deepEqual(
        got.sort((a, b) => a - b),
        sequence(100),
      );
      assert.ok(
        counts.every((count) => count > 0),
        `shares of ${counts}`,
      );
    });

    test("an ordered consumer reads a stream in order, from anywhere, and by subject", async () => {
      await using client = await prepared("ORDERED", 300);
      const all = await client.js.consumers.get("ORDERED");
      assert.deepEqual(
        await bodies(await all.fetch({ max_messages: 300, expires: 20_000 })),
        sequence(300),
      );
      const rest = await client.js.consumers.get("ORDERED", { opt_start_seq: 290 });
      assert.deepEqual(
        await bodies(await rest.fetch({ max_messages: 11, expires: 20_000 })),
        sequence(300).slice(289),
      );
      const some = await client.js.consumers.get("ORDERED", { filter_subjects: "ORDERED.0" });
      const got = await bodies(await some.fetch({ max_messages: 100, expires: 20_000 }));
      assert.deepEqual(
        got,
        sequence(300).filter((number) => number % 3 === 1),
      );
    });

    test("an ordered push consumer knows how much is left with each message", async () => {
      await using client = await prepared("LEFT", 50);
      const consumer = await client.js.consumers.getPushConsumer("LEFT");
      const messages = await consumer.consume();
      const left: number[] = [];
      for await (const message of messages) {
        left.push(message.info.pending);
        if (message.info.pending === 0) break;
      }
      assert.deepEqual(
        left,
        sequence(50).map((number) => 50 - number),
      );
    });
  },
  { concurrent: true },
);

function sequence(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

async function bodies(messages: AsyncIterable<JsMsg>): Promise<number[]> {
  const got: number[] = [];
  for await (const message of messages) got.push(Number(message.string()));
  return got;
}

/** Acknowledges the next `count` messages, and gives their bodies. */
async function acked(messages: AsyncIterable<JsMsg>, count: number): Promise<number[]> {
  const got: number[] = [];
  for await (const message of messages) {
    message.ack();
    got.push(Number(message.string()));
    if (got.length === count) break;
  }
  return got;
}
