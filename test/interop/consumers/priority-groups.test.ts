import assert from "node:assert/strict";
import { test } from "node:test";
import type { Inbox, RawMessage } from "../support/inbox.ts";
import { nanos, RawJetStream } from "../support/jetstream-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget(
  "priority groups",
  (target) => {
    const prepared = async (
      name: string,
      policy: string,
      config: Record<string, unknown> = {},
    ): Promise<RawJetStream> => {
      const raw = await RawJetStream.open(target.server);
      await raw.createStream(name, { subjects: [`${name}.in`], storage: "memory" });
      await raw.createConsumer(name, "c", {
        priority_policy: policy,
        priority_groups: ["g"],
        ...config,
      });
      return raw;
    };
    const pull = (raw: RawJetStream, name: string, request: object = {}): Inbox =>
      raw.pull(name, "c", { batch: 1, expires: nanos(20_000), group: "g", ...request });

    test("overflow serves a request from its thresholds on", async () => {
      await using raw = await prepared("OVER", "overflow");
      const pending = pull(raw, "OVER", { min_pending: 2 });
      const acks = pull(raw, "OVER", { min_ack_pending: 2 });
      await raw.publish("OVER.in", "1");
      const open = pull(raw, "OVER");
      assert.equal((await open.next()).body.toString(), "1");
      await raw.publishAll("OVER.in", ["2", "3"]);
      assert.equal((await pending.next()).body.toString(), "2");
      assert.equal((await acks.next()).body.toString(), "3");
    });

    test("a pinned client gets all until it is unpinned", async () => {
      await using raw = await prepared("PIN", "pinned_client");
      const advisories = raw.client.subscribe("$JS.EVENT.ADVISORY.CONSUMER.*.PIN.c");
      const first = pull(raw, "PIN", { batch: 2 });
      const second = pull(raw, "PIN", { batch: 10 });
      await raw.publishAll("PIN.in", ["1", "2"]);
      const id = pinOf(await first.next());
      assert.equal(pinOf(await first.next()), id);
      assert.equal((await raw.consumerInfo("PIN", "c"))["priority_groups"][0].pinned_client_id, id);
      const stale = pull(raw, "PIN", { id });
      assert.equal(await statusOf(pull(raw, "PIN", { id: "other" })), "423 Nats-Pin-Id mismatch");
      await raw.ok("CONSUMER.UNPIN.PIN.c", { group: "g" });
      await raw.publishAll("PIN.in", ["3", "4"]);
      assert.equal(await statusOf(stale), "423 Nats-Wrong-Pin-Id");
      const message = await second.next();
      assert.equal(message.body.toString(), "3");
      assert.notEqual(pinOf(message), id);
      const events = (await advisories.take(3)).map(({ subject }) => subject.split(".")[4]);
      assert.deepEqual(events, ["PINNED", "UNPINNED", "PINNED"]);
    });

    test("a pin runs out when its client asks for nothing", async () => {
      await using raw = await prepared("RUNOUT", "pinned_client", {
        priority_timeout: nanos(300),
      });
      const advisories = raw.client.subscribe("$JS.EVENT.ADVISORY.CONSUMER.UNPINNED.RUNOUT.c");
      const first = pull(raw, "RUNOUT");
      await raw.publish("RUNOUT.in", "1");
      const id = pinOf(await first.next());
      const standby = pull(raw, "RUNOUT");
      await raw.publish("RUNOUT.in", "2");
      assert.equal(JSON.parse((await advisories.next()).body.toString()).reason, "timeout");
      const message = await standby.next();
      assert.equal(message.body.toString(), "2");
      assert.notEqual(pinOf(message), id);
    });

    test("prioritized serves the lowest first, and in turn within one", async () => {
      await using raw = await prepared("PRIO", "prioritized");
      const inboxes = [
        pull(raw, "PRIO", { priority: 5, batch: 10 }),
        pull(raw, "PRIO", { priority: 1, batch: 2 }),
        pull(raw, "PRIO", { priority: 1, batch: 2 }),
      ];
      await raw.publishAll("PRIO.in", ["1", "2", "3", "4", "5", "6"]);
      const got = await Promise.all(inboxes.map((inbox) => inbox.take(2)));
      assert.deepEqual(
        got.map((messages) => messages.map(({ body }) => body.toString())),
        [
          ["5", "6"],
          ["1", "3"],
          ["2", "4"],
        ],
      );
    });
  },
  { concurrent: true },
);

function pinOf({ header }: RawMessage): string {
  const pin = /^NATS\/1.0\r\nNats-Pin-Id: (\w{22})\r\n\r\n$/.exec(header)?.[1];
  assert.ok(pin, `no pin in ${JSON.stringify(header)}`);
  return pin;
}

async function statusOf(inbox: Inbox): Promise<string | undefined> {
  return /^NATS\/1.0 ([^\r]+)/.exec((await inbox.next()).header)?.[1];
}
