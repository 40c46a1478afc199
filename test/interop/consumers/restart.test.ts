import assert from "node:assert/strict";
import { test } from "node:test";
import type { NatsConnection } from "@nats-io/transport-node";
import { withDeadline } from "../support/deadline.ts";
import { texts } from "../support/inbox.ts";
import { deliveryNumbers, nanos, RawJetStream } from "../support/jetstream-client.ts";
import { openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("consumers over a restart", (target) => {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    // nats-server confirms an ack before it has written it down.
    const skip = target.name === "nats-server" && signal === "SIGKILL" && "loses consumer state";

    test(`what was delivered, acknowledged and redelivered survives ${signal}`, {
      skip,
    }, async () => {
      await using server = await target.start();
      {
        await using raw = await RawJetStream.open(server);
        await raw.createStream("STATE");
        await raw.publishAll("STATE", ["1", "2", "3", "4", "5", "6"]);
        await raw.createConsumer("STATE", "c", { ack_wait: nanos(60_000) });
        const messages = await raw.pull("STATE", "c", { batch: 4 }).take(4);
        await raw.ackSync(messages[1]?.reply, "-NAK");
        const again = await raw.pull("STATE", "c").next();
        assert.equal(deliveryNumbers(again.reply).deliveryCount, 2);
        await raw.ackSync(messages[0]?.reply);
        await raw.ackSync(messages[2]?.reply);
      }
      await server.restart(signal);
      await using raw = await RawJetStream.open(server);
      const info = await raw.consumerInfo("STATE", "c");
      assert.deepEqual(counts(info), {
        delivered: [5, 4],
        ackFloor: [1, 1],
        pending: 2,
        redelivered: 1,
        left: 2,
      });
      // What is pending stays with whoever got it; the next delivery is the first new message.
      const next = await raw.pull("STATE", "c").next();
      assert.equal(next.body.toString(), "5");
      assert.equal(deliveryNumbers(next.reply).consumerSequence, 6);
    });

    test(`pending messages are redelivered after ${signal}, acknowledged ones are not`, {
      skip,
    }, async () => {
      await using server = await target.start();
      {
        await using raw = await RawJetStream.open(server);
        await raw.createStream("AGAIN");
        await raw.publishAll("AGAIN", ["1", "2", "3"]);
        await raw.createConsumer("AGAIN", "c", { ack_wait: nanos(500) });
        const messages = await raw.pull("AGAIN", "c", { batch: 3 }).take(3);
        await raw.ackSync(messages[1]?.reply);
      }
      await server.restart(signal);
      await using raw = await RawJetStream.open(server);
      const again = await raw.pull("AGAIN", "c", { batch: 2, expires: nanos(20_000) }).take(2);
      assert.deepEqual(texts(again).sort(), ["1", "3"]);
      for (const message of again) {
        assert.equal(deliveryNumbers(message.reply).deliveryCount, 2);
        await raw.ackSync(message.reply);
      }
      const info = await raw.consumerInfo("AGAIN", "c");
      assert.deepEqual([info["ack_floor"].stream_seq, info["num_ack_pending"]], [3, 0]);
    });

    test(`terminated messages and configuration survive ${signal}`, { skip }, async () => {
      await using server = await target.start();
      const config = {
        description: "stays",
        filter_subjects: ["kept.a", "kept.b"],
        ack_wait: nanos(60_000),
        max_deliver: 3,
        metadata: { owner: "tests" },
      };
      const before = await (async () => {
        await using raw = await RawJetStream.open(server);
        await raw.createStream("KEPT", { subjects: ["kept.*"] });
        await raw.publishAll("kept.a", ["1", "2"]);
        await raw.createConsumer("KEPT", "c", config);
        const message = await raw.pull("KEPT", "c").next();
        await raw.ackSync(message.reply, "+TERM");
        return await raw.consumerInfo("KEPT", "c");
      })();
      await server.restart(signal);
      await using raw = await RawJetStream.open(server);
      const after = await raw.consumerInfo("KEPT", "c");
      assert.deepEqual(after["config"], before["config"]);
      assert.equal(after["created"], before["created"]);
      assert.deepEqual(counts(after), counts(before));
      assert.equal((await raw.pull("KEPT", "c").next()).body.toString(), "2");
    });
  }

  test("a deleted consumer stays deleted", async () => {
    await using server = await target.start();
    {
      await using raw = await RawJetStream.open(server);
      await raw.createStream("GONE");
      await raw.createConsumer("GONE", "c");
      await raw.createConsumer("GONE", "d");
      await raw.ok("CONSUMER.DELETE.GONE.c");
    }
    await server.restart("SIGTERM");
    await using raw = await RawJetStream.open(server);
    assert.deepEqual((await raw.ok("CONSUMER.NAMES.GONE"))["consumers"], ["d"]);
  });

  test("the official client's consume() goes on after a restart", async () => {
    await using server = await target.start();
    await using client = await openOfficialClient(server, { reconnects: true });
    await client.jsm.streams.add({ name: "GOESON" });
    await client.jsm.consumers.add("GOESON", { durable_name: "c", ack_policy: "explicit" });
    for (let index = 1; index <= 10; index++) await client.js.publish("GOESON", String(index));
    const consumer = await client.js.consumers.get("GOESON", "c");
    const seen = new Set<string>();
    const half = Promise.withResolvers<void>();
    const all = Promise.withResolvers<void>();
    const messages = await consumer.consume({
      max_messages: 5,
      idle_heartbeat: 500,
      callback: (message) => {
        message.ack();
        seen.add(message.string());
        if (seen.size === 10) half.resolve();
        if (seen.size === 20) all.resolve();
      },
    });
    await withDeadline(half.promise, () => "ten messages");
    const reconnected = reconnect(client.nc);
    await server.restart("SIGTERM");
    await withDeadline(reconnected, () => "the reconnect");
    for (let index = 11; index <= 20; index++) await client.js.publish("GOESON", String(index));
    await withDeadline(all.promise, () => "twenty messages");
    await messages.close();
  });
});

async function reconnect(nc: NatsConnection): Promise<void> {
  for await (const status of nc.status()) if (status.type === "reconnect") return;
}

/** The part of a consumer's info that says how far it has come. */
function counts(info: Record<string, unknown>): object {
  const pair = (value: unknown): [number, number] => {
    const { consumer_seq, stream_seq } = value as { consumer_seq: number; stream_seq: number };
    return [consumer_seq, stream_seq];
  };
  return {
    delivered: pair(info["delivered"]),
    ackFloor: pair(info["ack_floor"]),
    pending: info["num_ack_pending"],
    redelivered: info["num_redelivered"],
    left: info["num_pending"],
  };
}
