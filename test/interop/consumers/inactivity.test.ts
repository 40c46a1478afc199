import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/deadline.ts";
import { nanos, RawJetStream } from "../support/jetstream-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget(
  "inactive_threshold",
  (target) => {
    for (const [kind, durable] of [
      ["an ephemeral", {}],
      ["a durable", { durable_name: "c" }],
    ] as const) {
      test(`removes ${kind} consumer that nobody uses`, async () => {
        await using raw = await RawJetStream.open(target.server);
        const stream = `IDLE${kind.length}`;
        await raw.createStream(stream);
        await raw.ok(`CONSUMER.CREATE.${stream}.c`, {
          stream_name: stream,
          config: {
            name: "c",
            ...durable,
            ack_policy: "explicit",
            inactive_threshold: nanos(400),
          },
        });
        await gone(raw, stream, "c");
      });
    }

    test("is started anew by each request", async () => {
      await using raw = await RawJetStream.open(target.server);
      await raw.createStream("USED");
      await raw.createConsumer("USED", "c", { inactive_threshold: nanos(5000) });
      await raw.createConsumer("USED", "unused", { inactive_threshold: nanos(5000) });
      // Each round waits a second for its 408, until the consumer that nobody uses has gone.
      for (;;) {
        await raw.pull("USED", "c", { batch: 1, expires: nanos(1000) }).next();
        const unused = await raw.api("CONSUMER.INFO.USED.unused");
        if (unused.error !== undefined) break;
      }
      assert.equal((await raw.consumerInfo("USED", "c"))["name"], "c");
      await gone(raw, "USED", "c");
    });

    test("does not run out while a request waits", async () => {
      await using raw = await RawJetStream.open(target.server);
      await raw.createStream("HELD");
      await raw.createConsumer("HELD", "c", { inactive_threshold: nanos(4000) });
      await raw.createConsumer("HELD", "clock", { inactive_threshold: nanos(6000) });
      const inbox = raw.pull("HELD", "c", { batch: 1, expires: nanos(30_000) });
      await gone(raw, "HELD", "clock");
      await raw.publishAll("HELD", ["x"]);
      assert.equal((await inbox.next()).body.toString(), "x");
    });

    test("a durable consumer without one stays", async () => {
      await using raw = await RawJetStream.open(target.server);
      await raw.createStream("STAYS");
      await raw.createConsumer("STAYS", "c");
      await raw.createConsumer("STAYS", "clock", { inactive_threshold: nanos(800) });
      await gone(raw, "STAYS", "clock");
      assert.equal((await raw.consumerInfo("STAYS", "c"))["name"], "c");
    });
  },
  { concurrent: true },
);

/** Resolves once the consumer has vanished. */
async function gone(raw: RawJetStream, stream: string, name: string): Promise<void> {
  await eventually(`${name} to vanish`, async () => {
    const answer = await raw.api(`CONSUMER.NAMES.${stream}`);
    const names: string[] = answer["consumers"] ?? [];
    return names.includes(name) ? undefined : true;
  });
  const info = await raw.api(`CONSUMER.INFO.${stream}.${name}`);
  assert.equal(info.error?.err_code, 10014);
}
