import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConsumerMessages, ConsumerNotification, JsMsg } from "@nats-io/jetstream";
import { eventually, withDeadline } from "../support/deadline.ts";
import { nanos } from "../support/jetstream-client.ts";
import {
  collect,
  type OfficialClient,
  openOfficialClient,
  openWithStream,
} from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget(
  "the official client's consumers",
  (target) => {
    /** A stream of `count` messages with a durable consumer, both called `name`. */
    const prepared = async (name: string, count: number): Promise<OfficialClient> => {
      const client = await openWithStream(target.server, name, count);
      await client.jsm.consumers.add(name, { durable_name: name, ack_policy: "explicit" });
      return client;
    };

    test("next() gives one message, or null when none comes in time", async () => {
      await using client = await prepared("NEXT", 1);
      const consumer = await client.js.consumers.get("NEXT", "NEXT");
      const message = await consumer.next();
      assert.equal(message?.string(), "1");
      assert.equal(await message?.ackAck(), true);
      assert.equal(await consumer.next({ expires: 1000 }), null);
    });

    test("fetch() gives a batch and ends by itself", async () => {
      await using client = await prepared("FETCH", 25);
      const consumer = await client.js.consumers.get("FETCH", "FETCH");
      const first = await acked(await consumer.fetch({ max_messages: 10 }), 100);
      assert.equal(first.length, 10);
      const rest = await acked(await consumer.fetch({ max_messages: 15, expires: 20_000 }), 100);
      assert.deepEqual(bodiesOf([...first, ...rest]), sequence(25));
      assert.deepEqual(await acked(await consumer.fetch({ expires: 1000 }), 100), []);
    });

    test("fetch() by bytes takes as many messages as fit", async () => {
      await using client = await prepared("FETCHBYTES", 20);
      const consumer = await client.js.consumers.get("FETCHBYTES", "FETCHBYTES");
      const ample = await acked(await consumer.fetch({ max_bytes: 100_000, expires: 6000 }), 100);
      assert.deepEqual(bodiesOf(ample), sequence(20));
      await client.js.publish("FETCHBYTES.0", "x".repeat(2000));
      const scarce = await consumer.fetch({ max_bytes: 1000, expires: 20_000 });
      await assert.rejects(acked(scarce, 100), /message size exceeds maxbytes/i);
    });

    test("consume() reads on and on, over many pulls", async () => {
      await using client = await prepared("CONSUME", 500);
      const consumer = await client.js.consumers.get("CONSUME", "CONSUME");
      const messages = await consumer.consume({ max_messages: 50 });
      const received = await acked(messages, 500);
      assert.deepEqual(bodiesOf(received), sequence(500));
      await client.nc.flush();
    });

    test("consume() hands messages over as they are published", async () => {
      await using client = await prepared("LIVE", 0);
      const consumer = await client.js.consumers.get("LIVE", "LIVE");
      const messages = await consumer.consume();
      const received = acked(messages, 100);
      for (let index = 1; index <= 100; index++) await client.js.publish("LIVE.a", String(index));
      assert.deepEqual(bodiesOf(await received), sequence(100));
    });

    test("consume() outlives the expiry of its pulls", async () => {
      await using client = await prepared("IDLE", 0);
      const consumer = await client.js.consumers.get("IDLE", "IDLE");
      const messages = await consumer.consume({ expires: 1000 });
      const received = acked(messages, 1);
      let pullCount = 0;
      await statusUntil(messages, (status) => status.type === "next" && ++pullCount === 3);
      await client.js.publish("IDLE.a", "1");
      assert.deepEqual(bodiesOf(await received), ["1"]);
    });

    test("three consumers of one group share the messages", async () => {
      await using client = await prepared("SHARED", 300);
      await using second = await openOfficialClient(target.server);
      await using third = await openOfficialClient(target.server);
      const seen: string[] = [];
      const all = Promise.withResolvers<void>();
      const running: ConsumerMessages[] = [];
      for (const each of [client, second, third]) {
        const consumer = await each.js.consumers.get("SHARED", "SHARED");
        running.push(
          await consumer.consume({
            max_messages: 20,
            callback: (message) => {
              message.ack();
              seen.push(message.string());
              if (seen.length === 300) all.resolve();
            },
          }),
        );
      }
      await withDeadline(all.promise, () => `300 messages, ${seen.length} came`);
      for (const messages of running) await messages.close();
      const sorted = seen.map(Number).sort((a, b) => a - b);
      assert.deepEqual(sorted.map(String), sequence(300));
    });

    test("consume() says so when its consumer is deleted", async () => {
      await using client = await prepared("DELETED", 1);
      const consumer = await client.js.consumers.get("DELETED", "DELETED");
      const received = Promise.withResolvers<void>();
      const messages = await consumer.consume({ callback: () => received.resolve() });
      const deleted = statusUntil(messages, (status) => status.type === "consumer_deleted");
      await received.promise;
      await client.jsm.consumers.delete("DELETED", "DELETED");
      await deleted;
      await messages.close();
    });

    test("an ordered consumer reads everything in order", async () => {
      await using client = await prepared("ORDERED", 200);
      const consumer = await client.js.consumers.get("ORDERED");
      const messages = await consumer.consume({ max_messages: 30 });
      assert.deepEqual(bodiesOf(await taken(messages, 200)), sequence(200));
    });

    test("an ordered consumer goes on when its server-side consumer is lost", async () => {
      await using client = await prepared("RESUMED", 20);
      const consumer = await client.js.consumers.get("RESUMED");
      const seen: string[] = [];
      const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const messages = await consumer.consume({
        idle_heartbeat: 500,
        callback: (message) => {
          seen.push(message.string());
          if (seen.length === 20) first.resolve();
          if (seen.length === 21) second.resolve();
        },
      });
      await withDeadline(first.promise, () => `20 messages, ${seen.length} came`);
      await eventually("its consumer to be deleted", async () => {
        const infos = await collect(client.jsm.consumers.list("RESUMED"));
        const lost = infos.find((info) => info.name !== "RESUMED");
        // On a slow machine it may miss heartbeats, and have another one already.
        return client.jsm.consumers.delete("RESUMED", lost?.name ?? "").catch(() => undefined);
      });
      await client.js.publish("RESUMED.0", "21");
      await withDeadline(second.promise, () => `21 messages, ${seen.length} came`);
      assert.deepEqual(seen, sequence(21));
      await messages.close();
    });

    test("an ordered consumer takes filters and a start", async () => {
      await using client = await prepared("FILTERED", 12);
      const consumer = await client.js.consumers.get("FILTERED", {
        filter_subjects: ["FILTERED.0"],
        deliver_policy: "by_start_sequence",
        opt_start_seq: 4,
      });
      const messages = await consumer.fetch({ max_messages: 3, expires: 20_000 });
      assert.deepEqual(bodiesOf(await taken(messages, 3)), ["4", "7", "10"]);
    });

    test("a message tells its place, time and redeliveries", async () => {
      await using client = await prepared("INFO", 2);
      const consumer = await client.js.consumers.get("INFO", "INFO");
      const message = await consumer.next();
      assert.ok(message !== null);
      assert.deepEqual(
        [message.seq, message.info.stream, message.info.consumer, message.info.pending],
        [1, "INFO", "INFO", 1],
      );
      assert.equal(message.redelivered, false);
      assert.ok(Math.abs(message.time.getTime() - Date.now()) < 60_000);
      message.ack();
    });

    test("advisories arrive at the stream manager", async () => {
      await using client = await prepared("ADVISED", 1);
      await client.jsm.consumers.add("ADVISED", {
        durable_name: "once",
        ack_policy: "explicit",
        ack_wait: nanos(200),
        max_deliver: 1,
      });
      const advisories = client.jsm.advisories();
      const given = (async () => {
        for await (const advisory of advisories) {
          const data = advisory.data as { stream?: string };
          if (advisory.kind === "max_deliver" && data.stream === "ADVISED") return;
        }
      })();
      const consumer = await client.js.consumers.get("ADVISED", "once");
      assert.equal((await consumer.next())?.string(), "1");
      // The consumer notices that it must give up when it looks for something to redeliver.
      const pending = consumer.next({ expires: 20_000 });
      await withDeadline(given, () => "the max_deliver advisory");
      await client.js.publish("ADVISED.a", "2");
      assert.equal((await pending)?.string(), "2");
    });
  },
  { concurrent: true },
);

/** Resolves once a notification meets `condition`. */
function statusUntil(
  messages: ConsumerMessages,
  condition: (status: ConsumerNotification) => boolean,
): Promise<void> {
  const watch = async (): Promise<void> => {
    for await (const status of messages.status()) if (condition(status)) return;
    assert.fail("the notifications ended");
  };
  return withDeadline(watch(), () => "a notification");
}

/** The first `count` messages, or all if they end before, each acknowledged. */
async function acked(messages: ConsumerMessages, count: number): Promise<JsMsg[]> {
  return taken(messages, count, (message) => message.ack());
}

function taken(
  messages: ConsumerMessages,
  count: number,
  onMessage: (message: JsMsg) => void = () => undefined,
): Promise<JsMsg[]> {
  const received: JsMsg[] = [];
  const read = async (): Promise<JsMsg[]> => {
    for await (const message of messages) {
      received.push(message);
      onMessage(message);
      if (received.length === count) break;
    }
    return received;
  };
  return withDeadline(read(), () => `${count} messages, ${received.length} came`);
}

function bodiesOf(messages: readonly JsMsg[]): string[] {
  return messages.map((message) => message.string());
}

function sequence(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1));
}
