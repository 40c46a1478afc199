import assert from "node:assert/strict";
import { test } from "node:test";
import { connectClient, openEngine } from "./open-engine.ts";

const limits = { pingIntervalMs: 10_000, pingsOutMax: 2 };

test("a client is pinged soon after it came, then only when it is idle", async () => {
  const { host } = await openEngine({ limits });
  const client = connectClient(host);
  client.take();
  host.clock.advance(2_400);
  assert.equal(client.take(), "PING\r\n");
  client.send("PONG\r\nPUB a 1\r\nx\r\n");
  host.clock.advance(10_000);
  assert.equal(client.take(), "");
  host.clock.advance(10_000);
  assert.equal(client.take(), "PING\r\n");
});

test("a client that answers no ping is closed as stale", async () => {
  const { host } = await openEngine({ limits });
  const client = connectClient(host);
  client.take();
  host.clock.advance(12_400);
  assert.equal(client.take(), "PING\r\nPING\r\n");
  assert.equal(client.isEnded, false);
  host.clock.advance(10_000);
  assert.equal(client.take(), "-ERR 'Stale Connection'\r\n");
  assert.equal(client.isEnded, true);
});

test("answered pings start the count anew", async () => {
  const { host } = await openEngine({ limits });
  const client = connectClient(host);
  for (let round = 0; round < 10; round++) {
    host.clock.advance(10_000);
    client.send("PONG\r\n");
  }
  assert.equal(client.isEnded, false);
});
