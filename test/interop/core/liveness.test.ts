import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "@nats-io/transport-node";
import { describeFrames, RawClient } from "../support/raw-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget(
  "liveness",
  (target) => {
    test("the server pings a silent client again and again", async () => {
      await using client = await RawClient.open(target.server);
      client.answersPings = false;
      for (let round = 0; round < 4; round++) {
        assert.equal((await client.next()).kind, "ping");
        client.send("PONG");
      }
    });

    test("the official client answers and stays connected", async () => {
      await using watcher = await RawClient.open(target.server);
      const nc = await connect({ servers: target.server.url, reconnect: false });
      watcher.answersPings = false;
      // Outlives several intervals, as counted by the PINGs of another connection.
      for (let round = 0; round < 5; round++) {
        assert.equal((await watcher.next()).kind, "ping");
        watcher.send("PONG");
      }
      await nc.flush();
      assert.equal(nc.isClosed(), false);
      await nc.close();
    });
  },
  // A machine that stalls for some seconds must not make the test's own client a stale one.
  { pingIntervalMs: 1500, pingMax: 2, concurrent: true },
);

onEachTarget(
  "silence",
  (target) => {
    test("a client that leaves ping_max PINGs unanswered is told that it is stale and cut off", async () => {
      await using client = await RawClient.open(target.server);
      client.answersPings = false;
      const frames = describeFrames(await client.untilClosed());
      assert.equal(frames.at(-1), "-ERR Stale Connection");
      assert.deepEqual(new Set(frames.slice(0, -1)), new Set(["PING"]));
      assert.equal(frames.length, 3);
    });
  },
  { pingIntervalMs: 150, pingMax: 2 },
);
