import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/deadline.ts";
import type { Inbox, RawMessage } from "../support/inbox.ts";
import { nanos, RawJetStream } from "../support/jetstream-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget(
  "push consumers",
  (target) => {
    /** A stream of `count` messages, `1`, `2`, and so on, with a consumer that pushes to `<name>.to`. */
    const prepared = async (
      name: string,
      count: number,
      config: Record<string, unknown> = {},
    ): Promise<RawJetStream> => {
      const raw = await RawJetStream.open(target.server);
      await raw.createStream(name, { subjects: [`${name}.in.*`], storage: "memory" });
      for (let i = 1; i <= count; i++) await raw.client.request(`${name}.in.${i}`, String(i));
      await raw.createConsumer(name, "c", {
        deliver_subject: `${name}.to`,
        ack_policy: "none",
        ...config,
      });
      return raw;
    };

    test("deliver to an exact subscription, and to no other", async () => {
      await using raw = await prepared("EXACT", 2);
      const wild = raw.client.subscribe("EXACT.*");
      await raw.client.flush();
      assert.equal((await raw.consumerInfo("EXACT", "c"))["push_bound"], undefined);
      const inbox = raw.client.subscribe("EXACT.to");
      assert.deepEqual(bodies([await inbox.next(), await inbox.next()]), ["1", "2"]);
      assert.equal((await raw.consumerInfo("EXACT", "c"))["push_bound"], true);
      raw.client.unsubscribe(inbox);
      await unbound(raw, "EXACT");
      await raw.client.request("EXACT.in.3", "3");
      // nats-server acknowledges a message before its consumers have counted it.
      const info = await eventually("the message to be counted", async () => {
        const told = await raw.consumerInfo("EXACT", "c");
        return told["num_pending"] === 0 ? undefined : told;
      });
      assert.deepEqual([info["num_pending"], info["delivered"].consumer_seq], [1, 2]);
      const again = raw.client.subscribe("EXACT.to");
      assert.equal((await again.next()).body.toString(), "3");
      assert.equal((await wild.take(3)).length, 3);
    });

    test("with a group deliver to its members, and wait for one", async () => {
      await using raw = await prepared("GROUP", 3, { deliver_group: "g" });
      const plain = raw.client.subscribe("GROUP.to");
      const other = raw.client.subscribe("GROUP.to", "h");
      await raw.client.flush();
      assert.equal((await raw.consumerInfo("GROUP", "c"))["push_bound"], undefined);
      const member = raw.client.subscribe("GROUP.to", "g");
      for (const inbox of [member, plain, other]) {
        assert.deepEqual(bodies([await inbox.next(), await inbox.next(), await inbox.next()]), [
          "1",
          "2",
          "3",
        ]);
      }
    });

    test("beat when idle, with the positions of the last message", async () => {
      await using raw = await prepared("BEAT", 3, {
        filter_subject: "BEAT.in.1",
        idle_heartbeat: nanos(150),
      });
      const inbox = raw.client.subscribe("BEAT.to");
      assert.equal((await inbox.next()).body.toString(), "1");
      for (let i = 0; i < 2; i++) {
        const { header, reply, subject } = await inbox.next();
        const lines = [
          "NATS/1.0 100 Idle Heartbeat",
          "Nats-Last-Consumer: 1",
          "Nats-Last-Stream: 3",
        ];
        assert.equal(header, `${lines.join("\r\n")}\r\n\r\n`);
        assert.deepEqual([reply ?? "", subject], ["", "BEAT.to"]);
      }
    });

    test("stop when nobody answers flow control, and go on further each time somebody does", async () => {
      await using raw = await prepared("FLOW", 0, {
        flow_control: true,
        idle_heartbeat: nanos(200),
      });
      const payload = "x".repeat(60_000);
      for (let i = 1; i <= 160; i++) await raw.client.request("FLOW.in.x", payload);
      const inbox = raw.client.subscribe("FLOW.to");
      const first = await untilStalled(inbox);
      // Over 1 MiB a request, over 2 MiB no more; the answer stands for what was sent up to the request.
      assert.deepEqual([first.beforeRequest, first.count], [18, 35]);
      raw.client.publish(first.stalled);
      const second = await untilStalled(inbox, first.stalled);
      assert.deepEqual([second.beforeRequest, second.count], [18, 53]);
      raw.client.publish(second.stalled);
      const third = await untilStalled(inbox, second.stalled);
      assert.deepEqual([third.beforeRequest, third.count], [35, 72]);
    });

    test("are changed to another subject when nobody listens", async () => {
      await using raw = await prepared("MOVE", 2, { ack_policy: "explicit" });
      const inbox = raw.client.subscribe("MOVE.to");
      await inbox.next();
      await inbox.next();
      const body = {
        stream_name: "MOVE",
        config: {
          name: "c",
          durable_name: "c",
          ack_policy: "explicit",
          deliver_subject: "MOVE.new",
        },
      };
      await raw.refuses("CONSUMER.CREATE.MOVE.c", body, {
        code: 400,
        err_code: 10013,
        description: "consumer name already in use",
      });
      raw.client.unsubscribe(inbox);
      await unbound(raw, "MOVE");
      await raw.ok("CONSUMER.CREATE.MOVE.c", body);
      const other = raw.client.subscribe("MOVE.new");
      const again = [await other.next(), await other.next()];
      assert.deepEqual(bodies(again), ["1", "2"]);
      assert.ok(again.every(({ reply }) => reply?.startsWith("$JS.ACK.MOVE.c.2.")));
    });

    test("answer pull requests with a status", async () => {
      await using raw = await prepared("PULL", 0);
      const { header } = await raw.pull("PULL", "c", { batch: 1 }).next();
      assert.equal(header, "NATS/1.0 409 Consumer is push based\r\n\r\n");
    });

    test("send headers only, if that is asked for", async () => {
      await using raw = await prepared("HEADERS", 1, { headers_only: true });
      const message = await raw.client.subscribe("HEADERS.to").next();
      assert.equal(message.header, "NATS/1.0\r\nNats-Msg-Size: 1\r\n\r\n");
      assert.equal(message.body.length, 0);
    });

    test("of the direct kind are neither listed nor counted", async () => {
      await using raw = await RawJetStream.open(target.server);
      await raw.createStream("DIRECT", { subjects: ["DIRECT.in"], storage: "memory" });
      const config = { name: "d", deliver_subject: "DIRECT.to", direct: true };
      await raw.ok("CONSUMER.CREATE.DIRECT.d", { stream_name: "DIRECT", config });
      assert.equal((await raw.ok("CONSUMER.NAMES.DIRECT"))["total"], 0);
      assert.equal((await raw.streamInfo("DIRECT"))["state"].consumer_count, 0);
      assert.equal((await raw.consumerInfo("DIRECT", "d"))["name"], "d");
    });
  },
  { concurrent: true },
);

function bodies(messages: readonly RawMessage[]): string[] {
  return messages.map(({ body }) => body.toString());
}

function unbound(raw: RawJetStream, stream: string): Promise<true> {
  return eventually("the consumer to notice", async () =>
    (await raw.consumerInfo(stream, "c"))["push_bound"] === undefined ? true : undefined,
  );
}

/**
 * Reads until a heartbeat says that the consumer is stalled, anew after the one `answered` before: how many messages came
 * before a request for flow control, how many in all, and where the answer has to go.
 */
async function untilStalled(
  inbox: Inbox,
  answered?: string,
): Promise<{ count: number; beforeRequest: number; stalled: string }> {
  let beforeRequest = -1;
  for (let count = 0; ; ) {
    const { header, reply = "" } = await inbox.next();
    const stalled = /Nats-Consumer-Stalled: (\S+)/.exec(header)?.[1];
    if (stalled !== undefined && stalled !== answered) return { count, beforeRequest, stalled };
    if (reply.startsWith("$JS.FC.")) beforeRequest = count;
    else if (!header.includes("Idle Heartbeat")) count++;
  }
}
