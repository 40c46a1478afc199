import assert from "node:assert/strict";
import { test } from "node:test";
import { headerOf, type Inbox, statusOf, texts } from "../support/inbox.ts";
import { nanos, RawJetStream } from "../support/jetstream-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget(
  "pull requests",
  (target) => {
    /** A stream of `count` messages with a durable consumer, both called `name`. */
    const prepared = async (
      name: string,
      count: number,
      config: Record<string, unknown> = {},
    ): Promise<RawJetStream> => {
      const raw = await RawJetStream.open(target.server);
      await raw.createStream(name);
      await raw.publishAll(name, bodies(1, count));
      await raw.createConsumer(name, name, config);
      return raw;
    };

    test("with an empty body asks for one message", async () => {
      await using raw = await prepared("EMPTY", 2);
      const inbox = raw.pull("EMPTY", "EMPTY");
      assert.equal((await inbox.next()).body.toString(), "1");
      await raw.ok("CONSUMER.INFO.EMPTY.EMPTY");
      assert.deepEqual(inbox.arrived, []);
    });

    test("with a number asks for that many", async () => {
      await using raw = await prepared("NUMBER", 5);
      const inbox = raw.pull("NUMBER", "NUMBER", "3");
      assert.deepEqual(texts(await inbox.take(3)), bodies(1, 3));
      assert.equal((await raw.consumerInfo("NUMBER", "NUMBER"))["num_pending"], 2);
      assert.deepEqual(inbox.arrived, []);
    });

    test("batch is filled with what is there and with what comes later", async () => {
      await using raw = await prepared("BATCH", 2);
      const inbox = raw.pull("BATCH", "BATCH", { batch: 4, expires: nanos(20_000) });
      assert.deepEqual(texts(await inbox.take(2)), bodies(1, 2));
      await raw.publishAll("BATCH", bodies(3, 5));
      assert.deepEqual(texts(await inbox.take(2)), bodies(3, 4));
      assert.equal((await raw.consumerInfo("BATCH", "BATCH"))["num_pending"], 1);
      assert.deepEqual(inbox.arrived, []);
    });

    test("keep the subject of the message and the inbox's sid", async () => {
      await using raw = await prepared("KEPT", 1);
      const message = await raw.pull("KEPT", "KEPT").next();
      assert.equal(message.subject, "KEPT");
    });

    test("no_wait takes what is there and says 404 when there is nothing", async () => {
      await using raw = await prepared("NOWAIT", 2);
      const inbox = raw.pull("NOWAIT", "NOWAIT", { batch: 5, no_wait: true });
      assert.deepEqual(texts(await inbox.take(2)), bodies(1, 2));
      const end = await inbox.next();
      assert.equal(end.header, "NATS/1.0 404 No Messages\r\n\r\n");
      const empty = raw.pull("NOWAIT", "NOWAIT", { batch: 5, no_wait: true });
      assert.equal(statusOf(await empty.next()), "404 No Messages");
    });

    test("expires ends a request with 408 and what it still lacked", async () => {
      await using raw = await prepared("EXPIRES", 1);
      const sentAtMs = performance.now();
      const inbox = raw.pull("EXPIRES", "EXPIRES", { batch: 3, expires: nanos(300) });
      assert.equal((await inbox.next()).body.toString(), "1");
      const end = await inbox.next();
      assert.equal(statusOf(end), "408 Request Timeout");
      assert.equal(headerOf(end, "Nats-Pending-Messages"), "2");
      assert.equal(headerOf(end, "Nats-Pending-Bytes"), "0");
      assert.ok(performance.now() - sentAtMs >= 280);
      await raw.publishAll("EXPIRES", ["late"]);
      assert.equal((await raw.pull("EXPIRES", "EXPIRES").next()).body.toString(), "late");
      assert.deepEqual(inbox.arrived, []);
    });

    test("no_wait with expires waits for the first messages only", async () => {
      await using raw = await prepared("BOTH", 0);
      const body = { batch: 5, no_wait: true, expires: nanos(20_000) };
      const inbox = raw.pull("BOTH", "BOTH", body);
      await raw.publishAll("BOTH", ["1"]);
      assert.equal((await inbox.next()).body.toString(), "1");
      const end = await inbox.next();
      assert.match(statusOf(end), /^(408 Request Timeout|404 No Messages)$/);
    });

    test("idle_heartbeat says 100 again and again while nothing comes", async () => {
      await using raw = await prepared("HEART", 1);
      const inbox = raw.pull("HEART", "HEART", {
        batch: 5,
        expires: nanos(6000),
        idle_heartbeat: nanos(500),
      });
      assert.equal((await inbox.next()).body.toString(), "1");
      const beats = await inbox.take(3);
      for (const beat of beats) {
        assert.equal(statusOf(beat), "100 Idle Heartbeat");
        assert.equal(headerOf(beat, "Nats-Last-Consumer"), "1");
        assert.equal(headerOf(beat, "Nats-Last-Stream"), "1");
      }
      let last = await inbox.next();
      while (statusOf(last) === "100 Idle Heartbeat") last = await inbox.next();
      assert.equal(statusOf(last), "408 Request Timeout");
    });

    test("max_bytes ends a request when the next message does not fit", async () => {
      await using raw = await RawJetStream.open(target.server);
      await raw.createStream("BYTES");
      await raw.publishAll("BYTES", ["x".repeat(100), "x".repeat(100), "x".repeat(100)]);
      await raw.createConsumer("BYTES", "c");
      const inbox = raw.pull("BYTES", "c", { batch: 3, max_bytes: 250, expires: nanos(20_000) });
      const [first, end] = await inbox.take(2);
      assert.ok(first !== undefined && end !== undefined);
      const size = first.subject.length + (first.reply?.length ?? 0) + first.body.length;
      assert.equal(statusOf(end), "409 Message Size Exceeds MaxBytes");
      assert.equal(headerOf(end, "Nats-Pending-Messages"), "2");
      assert.equal(headerOf(end, "Nats-Pending-Bytes"), String(250 - size));
    });

    test("max_bytes with room left over ends with 409 Batch Completed", async () => {
      await using raw = await prepared("COMPLETED", 2);
      const inbox = raw.pull("COMPLETED", "COMPLETED", {
        batch: 2,
        max_bytes: 10_000,
        expires: nanos(20_000),
      });
      const [, , end] = await inbox.take(3);
      assert.ok(end !== undefined);
      assert.equal(statusOf(end), "409 Batch Completed");
      assert.equal(headerOf(end, "Nats-Pending-Messages"), "0");
    });

    test("a waiting request ends with 409 when its consumer is deleted", async () => {
      await using raw = await prepared("DELETED", 0);
      const inbox = raw.pull("DELETED", "DELETED", { batch: 1, expires: nanos(20_000) });
      await raw.untilWaiting("DELETED", "DELETED", 1);
      await raw.ok("CONSUMER.DELETE.DELETED.DELETED");
      assert.equal(statusOf(await inbox.next()), "409 Consumer Deleted");
      assert.equal(statusOf(await raw.pull("DELETED", "DELETED").next()), "503");
    });

    test("a waiting request ends with 409 when its stream is deleted", async () => {
      await using raw = await prepared("DROPPED", 0);
      const inbox = raw.pull("DROPPED", "DROPPED", { batch: 1, expires: nanos(20_000) });
      await raw.untilWaiting("DROPPED", "DROPPED", 1);
      await raw.ok("STREAM.DELETE.DROPPED");
      assert.equal(statusOf(await inbox.next()), "409 Consumer Deleted");
    });

    test("several waiting requests take turns", async () => {
      await using raw = await prepared("TURNS", 0);
      const inboxes = [1, 2, 3].map(() =>
        raw.pull("TURNS", "TURNS", { batch: 10, expires: nanos(20_000) }),
      );
      await raw.untilWaiting("TURNS", "TURNS", 3);
      await raw.publishAll("TURNS", bodies(1, 9));
      for (const inbox of inboxes) assert.equal((await inbox.take(3)).length, 3);
    });

    test("a waiting request of a client that left gets nothing any more", async () => {
      await using raw = await prepared("LEFT", 0);
      const other = await RawJetStream.open(target.server);
      const { subject } = other.pull("LEFT", "LEFT", { batch: 1, expires: nanos(60_000) });
      await raw.untilWaiting("LEFT", "LEFT", 1);
      await other.close();
      await raw.client.untilNobodyListens(subject);
      const inbox = raw.pull("LEFT", "LEFT", { batch: 1, expires: nanos(20_000) });
      await raw.publishAll("LEFT", ["1"]);
      assert.equal((await inbox.next()).body.toString(), "1");
    });

    test("max_waiting requests may wait, the next one is refused or the oldest let go", async () => {
      await using raw = await prepared("WAITING", 0, { max_waiting: 2 });
      const body = { batch: 1, expires: nanos(20_000) };
      const inboxes = [1, 2, 3].map(() => raw.pull("WAITING", "WAITING", body));
      const refused: Inbox | undefined = inboxes[2];
      assert.ok(refused !== undefined);
      assert.equal(statusOf(await refused.next()), "409 Exceeded MaxWaiting");
      assert.equal((await raw.consumerInfo("WAITING", "WAITING"))["num_waiting"], 2);
      await raw.publishAll("WAITING", ["1", "2"]);
      for (const inbox of inboxes.slice(0, 2)) {
        assert.equal((await inbox.next()).header, "");
      }
    });

    test("max_ack_pending stops deliveries until something is acknowledged", async () => {
      await using raw = await prepared("PENDING", 5, { max_ack_pending: 2 });
      const inbox = raw.pull("PENDING", "PENDING", { batch: 5, expires: nanos(20_000) });
      const [first, second] = await inbox.take(2);
      assert.equal((await raw.consumerInfo("PENDING", "PENDING"))["num_ack_pending"], 2);
      assert.deepEqual(inbox.arrived, []);
      await raw.ackSync(first?.reply);
      assert.equal((await inbox.next()).body.toString(), "3");
      raw.ack(second?.reply, "+TERM");
      assert.equal((await inbox.next()).body.toString(), "4");
    });
  },
  { concurrent: true },
);

function bodies(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
}
