import assert from "node:assert/strict";
import { test } from "node:test";
import type { Inbox, RawMessage } from "../support/inbox.ts";
import {
  type DeliveryNumbers,
  deliveryNumbers,
  nanos,
  RawJetStream,
} from "../support/jetstream-client.ts";
import { onEachTarget } from "../support/targets.ts";

const LONG = nanos(20_000);

onEachTarget(
  "redelivery",
  (target) => {
    test("a message not acknowledged within ack_wait comes again and again", async () => {
      await using raw = await RawJetStream.open(target.server);
      await raw.createStream("WAIT");
      await raw.publishAll("WAIT", ["1"]);
      await raw.createConsumer("WAIT", "c", { ack_wait: nanos(250) });
      const startMs = performance.now();
      const counts = await deliveryCounts(raw.pull("WAIT", "c", { batch: 4, expires: LONG }), 4);
      assert.deepEqual(counts, [1, 2, 3, 4]);
      assert.ok(performance.now() - startMs >= 700);
      const info = await raw.consumerInfo("WAIT", "c");
      assert.deepEqual([info["num_redelivered"], info["num_ack_pending"]], [1, 1]);
      assert.deepEqual([info["delivered"].consumer_seq, info["delivered"].stream_seq], [4, 1]);
    });

    test("an acknowledged message does not come again", async () => {
      await using raw = await RawJetStream.open(target.server);
      await raw.createStream("ACKED");
      await raw.publishAll("ACKED", ["1", "2"]);
      await raw.createConsumer("ACKED", "c", { ack_wait: nanos(500) });
      const inbox = raw.pull("ACKED", "c", { batch: 50, expires: LONG });
      const [first] = await inbox.take(2);
      await raw.ackSync(first?.reply);
      for (const message of await laterOf(raw, "ACKED", inbox, 3)) {
        assert.equal(message.body.toString(), "2");
      }
    });

    test("redeliveries come before new messages", async () => {
      await using raw = await RawJetStream.open(target.server);
      await raw.createStream("FIRST");
      await raw.publishAll("FIRST", ["1", "2", "3"]);
      await raw.createConsumer("FIRST", "c");
      const [first] = await raw.pull("FIRST", "c", { batch: 2 }).take(2);
      await raw.ackSync(first?.reply, "-NAK");
      const inbox = raw.pull("FIRST", "c", { batch: 2 });
      assert.equal((await inbox.next()).body.toString(), "1");
      assert.equal((await inbox.next()).body.toString(), "3");
    });

    test("after max_deliver the message is given up, with an advisory", async () => {
      await using raw = await RawJetStream.open(target.server);
      await raw.createStream("MAX");
      await raw.publishAll("MAX", ["1"]);
      await raw.createConsumer("MAX", "c", { ack_wait: nanos(200), max_deliver: 2 });
      const advisories = raw.client.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.MAX.c");
      const inbox = raw.pull("MAX", "c", { batch: 20, expires: LONG });
      assert.equal((await inbox.next()).body.toString(), "1");
      const again = await inbox.next();
      assert.equal(deliveryNumbers(again.reply).deliveryCount, 2);
      const advisory = JSON.parse((await advisories.next()).body.toString());
      const { id, timestamp, ...rest } = advisory;
      assert.match(id, /^[0-9A-Za-z]{22}$/);
      assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000);
      assert.deepEqual(rest, {
        type: "io.nats.jetstream.advisory.v1.max_deliver",
        stream: "MAX",
        consumer: "c",
        stream_seq: 1,
        deliveries: 2,
      });
      await raw.publishAll("MAX", ["2"]);
      assert.equal((await inbox.next()).body.toString(), "2");
    });

    test("backoff sets the wait before each redelivery, its last value the ones after", async () => {
      await using raw = await RawJetStream.open(target.server);
      await raw.createStream("BACKOFF");
      await raw.publishAll("BACKOFF", ["1"]);
      const info = await raw.createConsumer("BACKOFF", "c", {
        backoff: [nanos(150), nanos(500), nanos(150)],
        max_deliver: 6,
      });
      assert.equal(info["config"].ack_wait, nanos(150));
      const startMs = performance.now();
      const inbox = raw.pull("BACKOFF", "c", { batch: 10, expires: LONG });
      const atMs: number[] = [];
      for (let count = 1; count <= 5; count++) {
        assert.equal(deliveryNumbers((await inbox.next()).reply).deliveryCount, count);
        atMs.push(performance.now() - startMs);
      }
      // From the request on, which is before the first delivery: a message may be read late, but never early.
      for (const [index, earliestMs] of [0, 150, 650, 800, 950].entries()) {
        assert.ok((atMs[index] ?? 0) >= 0.9 * earliestMs, `${atMs}`);
      }
    });

    test("a terminated message is reported with its reason", async () => {
      await using raw = await RawJetStream.open(target.server);
      await raw.createStream("TERM");
      await raw.publishAll("TERM", ["1", "2"]);
      await raw.createConsumer("TERM", "c");
      const advisories = raw.client.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.TERM.c");
      const inbox = raw.pull("TERM", "c", { batch: 2 });
      const [first, second] = await inbox.take(2);
      raw.ack(first?.reply, "+TERM it is broken");
      raw.ack(second?.reply, "+TERM");
      const reports = await advisories.take(2);
      const [with_, without] = reports.map((report) => JSON.parse(report.body.toString()));
      const { id, timestamp, ...rest } = with_;
      assert.match(id, /^[0-9A-Za-z]{22}$/);
      assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 60_000);
      assert.deepEqual(rest, {
        type: "io.nats.jetstream.advisory.v1.terminated",
        stream: "TERM",
        consumer: "c",
        consumer_seq: 1,
        stream_seq: 1,
        deliveries: 1,
        reason: "it is broken",
      });
      assert.equal(without.stream_seq, 2);
      assert.equal(without.reason, undefined);
    });

    test("a message that is deleted while pending does not come again", async () => {
      await using raw = await RawJetStream.open(target.server);
      await raw.createStream("VANISHED");
      await raw.publishAll("VANISHED", ["1", "2"]);
      await raw.createConsumer("VANISHED", "c", { ack_wait: nanos(500) });
      const inbox = raw.pull("VANISHED", "c", { batch: 50, expires: LONG });
      await inbox.take(2);
      await raw.ok("STREAM.MSG.DELETE.VANISHED", { seq: 1 });
      for (const message of await laterOf(raw, "VANISHED", inbox, 3)) {
        assert.equal(message.body.toString(), "2");
      }
    });

    test("a redelivery goes to whoever asks, on another connection too", async () => {
      await using raw = await RawJetStream.open(target.server);
      await raw.createStream("MOVED");
      await raw.publishAll("MOVED", ["1"]);
      await raw.createConsumer("MOVED", "c", { ack_wait: nanos(200) });
      {
        await using other = await RawJetStream.open(target.server);
        await other.pull("MOVED", "c").next();
      }
      const again = await raw.pull("MOVED", "c", { expires: LONG }).next();
      assert.equal(deliveryNumbers(again.reply).deliveryCount, 2);
      await raw.ackSync(again.reply);
    });
  },
  { concurrent: true },
);

/** The next deliveries of the consumer `c` that are begun after this was called. */
async function laterOf(
  raw: RawJetStream,
  stream: string,
  inbox: Inbox,
  count: number,
): Promise<RawMessage[]> {
  const { delivered } = await raw.consumerInfo(stream, "c");
  const messages: RawMessage[] = [];
  while (messages.length < count) {
    const message = await inbox.next();
    const { consumerSequence } = deliveryNumbers(message.reply);
    if (consumerSequence > delivered.consumer_seq) messages.push(message);
  }
  return messages;
}

async function deliveryCounts(inbox: Inbox, count: number): Promise<number[]> {
  const messages = await inbox.take(count);
  const numbers: DeliveryNumbers[] = messages.map((message) => deliveryNumbers(message.reply));
  return numbers.map((each) => each.deliveryCount);
}
