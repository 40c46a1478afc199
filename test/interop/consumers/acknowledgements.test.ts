import assert from "node:assert/strict";
import { test } from "node:test";
import { statusOf, texts } from "../support/inbox.ts";
import { deliveryNumbers, nanos, RawJetStream } from "../support/jetstream-client.ts";
import { openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget(
  "acknowledgements",
  (target) => {
    /** A stream of five messages and a durable consumer of the same name. */
    const prepared = async (
      name: string,
      config: Record<string, unknown> = {},
    ): Promise<RawJetStream> => {
      const raw = await RawJetStream.open(target.server);
      await raw.createStream(name);
      await raw.publishAll(name, ["1", "2", "3", "4", "5"]);
      await raw.createConsumer(name, name, config);
      return raw;
    };

    for (const verb of ["+ACK", "", "+OK"]) {
      test(`${verb === "" ? "an empty message" : verb} acknowledges, and is confirmed`, async () => {
        const name = `ACK${Buffer.from(verb).toString("hex")}`;
        await using raw = await prepared(name);
        const message = await raw.pull(name, name).next();
        await raw.ackSync(message.reply, verb);
        const info = await raw.consumerInfo(name, name);
        assert.equal(info["num_ack_pending"], 0);
        assert.equal(info["ack_floor"].stream_seq, 1);
      });
    }

    test("an ack may be repeated, and is confirmed each time", async () => {
      await using raw = await prepared("REPEATED");
      const message = await raw.pull("REPEATED", "REPEATED").next();
      await raw.ackSync(message.reply);
      await raw.ackSync(message.reply);
      assert.equal((await raw.consumerInfo("REPEATED", "REPEATED"))["ack_floor"].stream_seq, 1);
    });

    test("the floor waits for the oldest message that is not acknowledged", async () => {
      await using raw = await prepared("FLOOR");
      const messages = await raw.pull("FLOOR", "FLOOR", { batch: 5 }).take(5);
      for (const index of [4, 1, 2]) await raw.ackSync(messages[index]?.reply);
      const before = await raw.consumerInfo("FLOOR", "FLOOR");
      assert.deepEqual([before["ack_floor"].stream_seq, before["num_ack_pending"]], [0, 2]);
      await raw.ackSync(messages[0]?.reply);
      const after = await raw.consumerInfo("FLOOR", "FLOOR");
      assert.deepEqual([after["ack_floor"].stream_seq, after["num_ack_pending"]], [3, 1]);
    });

    test("ack policy all acknowledges everything up to the message", async () => {
      await using raw = await prepared("ALL", { ack_policy: "all" });
      const messages = await raw.pull("ALL", "ALL", { batch: 4 }).take(4);
      await raw.ackSync(messages[2]?.reply);
      const info = await raw.consumerInfo("ALL", "ALL");
      assert.deepEqual([info["ack_floor"].stream_seq, info["num_ack_pending"]], [3, 1]);
    });

    test("ack policy none keeps nothing pending, and nobody listens for acks", async () => {
      await using raw = await prepared("NONE", { ack_policy: "none" });
      const [first] = await raw.pull("NONE", "NONE", { batch: 3 }).take(3);
      const info = await raw.consumerInfo("NONE", "NONE");
      assert.equal(info["num_ack_pending"], 0);
      assert.deepEqual(info["ack_floor"].stream_seq, 3);
      assert.equal(statusOf(await raw.client.request(first?.reply ?? "", "+ACK")), "503");
    });

    test("-NAK brings the message back at once, with its count raised", async () => {
      await using raw = await prepared("NAK");
      const first = await raw.pull("NAK", "NAK").next();
      await raw.ackSync(first.reply, "-NAK");
      const again = await raw.pull("NAK", "NAK").next();
      assert.equal(again.body.toString(), "1");
      const numbers = deliveryNumbers(again.reply);
      assert.deepEqual(
        [numbers.deliveryCount, numbers.streamSequence, numbers.consumerSequence],
        [2, 1, 2],
      );
      assert.equal((await raw.consumerInfo("NAK", "NAK"))["num_redelivered"], 1);
    });

    for (const [form, body] of [
      ["a duration", "-NAK 700ms"],
      ["JSON", '-NAK {"delay": 700000000}'],
    ] as const) {
      test(`-NAK with a delay as ${form} brings it back after that time`, async () => {
        const name = `DELAY${form.length}`;
        await using raw = await prepared(name);
        const first = await raw.pull(name, name).next();
        const others = await raw.pull(name, name, { batch: 4 }).take(4);
        assert.deepEqual(texts(others), ["2", "3", "4", "5"]);
        const nakedAtMs = performance.now();
        raw.ack(first.reply, body);
        const again = await raw.pull(name, name).next();
        assert.equal(again.body.toString(), "1");
        const elapsedMs = performance.now() - nakedAtMs;
        assert.ok(elapsedMs >= 650, `came back after ${elapsedMs} ms`);
      });
    }

    test("-NAK with a tail that cannot be read counts as a plain one", async () => {
      await using raw = await prepared("TAIL");
      await raw.ackSync((await raw.pull("TAIL", "TAIL").next()).reply, "-NAK soon");
      assert.equal((await raw.pull("TAIL", "TAIL").next()).body.toString(), "1");
    });

    test("+WPI restarts the ack wait", async () => {
      await using raw = await prepared("WPI", { ack_wait: nanos(4000) });
      const first = await raw.pull("WPI", "WPI").next();
      // Another consumer with a shorter wait is the clock: its second five deliveries come 500 ms later.
      await raw.createConsumer("WPI", "CLOCK", { ack_wait: nanos(500) });
      await raw.pull("WPI", "CLOCK", { batch: 10 }).take(10);
      const progressAtMs = performance.now();
      await raw.ackSync(first.reply, "+WPI");
      const inbox = raw.pull("WPI", "WPI", { batch: 5 });
      assert.deepEqual(texts(await inbox.take(4)), ["2", "3", "4", "5"]);
      const again = await inbox.next();
      assert.equal(deliveryNumbers(again.reply).deliveryCount, 2);
      assert.equal(again.body.toString(), "1");
      // Without it the message would have come 500 ms earlier.
      assert.ok(performance.now() - progressAtMs >= 3800);
    });

    test("+TERM ends redelivery and is confirmed", async () => {
      await using raw = await prepared("TERM");
      const first = await raw.pull("TERM", "TERM").next();
      await raw.ackSync(first.reply, "+TERM");
      const info = await raw.consumerInfo("TERM", "TERM");
      assert.deepEqual([info["num_ack_pending"], info["ack_floor"].stream_seq], [0, 1]);
      assert.equal((await raw.pull("TERM", "TERM").next()).body.toString(), "2");
    });

    test("+NXT acknowledges and asks for the next message on its own reply", async () => {
      await using raw = await prepared("NXT");
      const first = await raw.pull("NXT", "NXT").next();
      const second = await raw.client.request(first.reply ?? "", "+NXT");
      assert.equal(second.body.toString(), "2");
      const inbox = raw.client.ask(second.reply ?? "", '+NXT {"batch": 2}');
      assert.deepEqual(texts(await inbox.take(2)), ["3", "4"]);
      const info = await raw.consumerInfo("NXT", "NXT");
      assert.deepEqual([info["ack_floor"].stream_seq, info["num_ack_pending"]], [2, 2]);
    });

    test("+NXT with a number asks for that many", async () => {
      await using raw = await prepared("NXTCOUNT");
      const first = await raw.pull("NXTCOUNT", "NXTCOUNT").next();
      const inbox = raw.client.ask(first.reply ?? "", "+NXT 3");
      assert.deepEqual(texts(await inbox.take(3)), ["2", "3", "4"]);
    });

    test("the reply subject says stream, consumer, counts, time and what is left", async () => {
      await using raw = await prepared("REPLY");
      const [first, second] = await raw.pull("REPLY", "REPLY", { batch: 2 }).take(2);
      const numbers = deliveryNumbers(first?.reply);
      const { timestampNs, ...rest } = numbers;
      assert.deepEqual(rest, {
        stream: "REPLY",
        consumer: "REPLY",
        deliveryCount: 1,
        streamSequence: 1,
        consumerSequence: 1,
        pendingCount: 4,
      });
      assert.equal(deliveryNumbers(second?.reply).pendingCount, 3);
      const stored = await raw.ok("STREAM.MSG.GET.REPLY", { seq: 1 });
      const storedAtMs = Date.parse(stored["message"].time);
      assert.equal(Number(timestampNs / 1_000_000n), storedAtMs);
    });

    test("the official client acks, naks, extends, terminates and double acks", async () => {
      await using client = await openOfficialClient(target.server);
      await client.jsm.streams.add({ name: "OFFICIAL" });
      for (const body of ["1", "2", "3", "4"]) await client.js.publish("OFFICIAL", body);
      // With one message at a time, what comes next can only be what the last ack allows.
      await client.jsm.consumers.add("OFFICIAL", {
        durable_name: "c",
        ack_policy: "explicit",
        max_ack_pending: 1,
      });
      const consumer = await client.js.consumers.get("OFFICIAL", "c");
      const first = await consumer.next();
      assert.equal(await first?.ackAck(), true);
      const second = await consumer.next();
      assert.equal(second?.seq, 2);
      second?.nak();
      const again = await consumer.next();
      assert.deepEqual([again?.seq, again?.redelivered, again?.info.deliveryCount], [2, true, 2]);
      again?.working();
      again?.ack();
      const third = await consumer.next();
      third?.term("not wanted");
      const fourth = await consumer.next();
      assert.equal(await fourth?.ackAck(), true);
      const info = await client.jsm.consumers.info("OFFICIAL", "c");
      assert.deepEqual([info.ack_floor.stream_seq, info.num_ack_pending], [4, 0]);
    });
  },
  { concurrent: true },
);
