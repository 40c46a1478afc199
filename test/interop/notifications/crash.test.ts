import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { NotifyStep } from "@oxbow/platform/notifications";
import { eventually } from "../support/deadline.ts";
import { onEachTarget } from "../support/targets.ts";
import { NotifyBench } from "./notify-bench.ts";

onEachTarget("a notifier that dies", (target) => {
  let bench: NotifyBench;

  beforeEach(async () => {
    bench = await NotifyBench.open(target.server);
    await bench.channel();
    await bench.rule({ when: "groupLag", lagMessagesMax: 1 });
    const { control, client } = bench.service;
    await control.call("station.create", { station: "orders" }, {});
    await control.call("group.create", { station: "orders", group: "billing" }, {});
    for (let each = 0; each < 3; each++) await client.js.publish("orders", "x");
    // What was under way is given to the next one at once, not after half a minute.
    const { jsm } = client;
    await jsm.consumers.update("OXBOW_NOTIFICATIONS", "channel-hook", { ack_wait: 1_000_000_000 });
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  const steps: readonly NotifyStep[] = [
    "notice.put",
    "rule.written",
    "notice.sent",
    "notice.recorded",
  ];

  for (const step of steps) {
    test(`at ${step} leaves what the next one needs`, async () => {
      const reached = Promise.withResolvers<void>();
      await bench.start({
        onStep: async (at) => {
          if (at !== step) return;
          reached.resolve();
          // Nothing of it happens any more.
          await new Promise(() => undefined);
        },
      });
      await reached.promise;
      await bench.kill();
      await bench.start();
      await eventually("all of it", async () => {
        bench.clock.advance(16_000);
        const { records } = await bench.service.control.call("notification.history", {}, {});
        const { jsm } = bench.service.client;
        const { num_ack_pending: left, num_pending: more } = await jsm.consumers.info(
          "OXBOW_NOTIFICATIONS",
          "channel-hook",
        );
        const isOver = records.length === 1 && records[0]?.outcome === "sent";
        return isOver && left + more === 0 ? true : undefined;
      });
      const ids = new Set<unknown>();
      const { count } = bench.receiver;
      while (bench.receiver.hasMore) ids.add((await bench.receiver.nextNotice())["id"]);
      assert.equal(ids.size, 1);
      // Of what was being sent when it died it can't be known whether it has arrived: it is sent once more.
      const isSurelyTwice = step === "notice.sent" || step === "notice.recorded";
      assert.ok(isSurelyTwice ? count === 2 : count <= 2, `${count} copies`);
    });
  }
});
