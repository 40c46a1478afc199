import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

const PAYLOAD = Buffer.alloc(64 * 1024, "x");
/** Far more than socket buffers and max_pending hold together. */
const MESSAGE_COUNT = 800;

onEachTarget(
  "slow consumers",
  (target) => {
    test("are cut off at the pending limit, and nobody else waits for them", async () => {
      await using publisher = await RawClient.open(target.server);
      await using reader = await RawClient.open(target.server);
      await using sleeper = await RawClient.open(target.server);
      const read = reader.subscribe("slow.data");
      sleeper.subscribe("slow.data");
      await reader.flush();
      await sleeper.flush();
      sleeper.pauseReading();

      for (let index = 0; index < MESSAGE_COUNT; index++) {
        publisher.publish("slow.data", PAYLOAD);
        // Stays within what the reader may have pending, so that only the sleeper is slow.
        if (index % 8 === 7) {
          await publisher.flush();
          await read.take(8);
        }
      }
      assert.deepEqual(await publisher.flush(), []);
      assert.deepEqual(await reader.flush(), []);
      assert.equal(read.arrived.length, 0);

      sleeper.resumeReading();
      await sleeper.closed;
    });

    test("lose their subscriptions when they are cut off", async () => {
      await using publisher = await RawClient.open(target.server);
      await using sleeper = await RawClient.open(target.server);
      sleeper.subscribe("slow.alone");
      await sleeper.flush();
      sleeper.pauseReading();
      for (;;) {
        const inbox = publisher.ask("slow.alone", PAYLOAD);
        await publisher.flush();
        // A 503 comes exactly when the last subscriber has gone.
        if (inbox.arrived.length > 0) break;
        publisher.unsubscribe(inbox);
      }
      sleeper.resumeReading();
      await sleeper.closed;
    });
  },
  { maxPendingBytes: 2 * 1024 * 1024 },
);
