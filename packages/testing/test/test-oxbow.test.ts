import assert from "node:assert/strict";
import { test } from "node:test";
import { testServer } from "oxbow/testing";

test("a message that nobody acknowledges comes again when its time is up", async () => {
  await using ox = await testServer();
  await ox.admin.stations.create("orders", { partitions: 2 });
  const orders = ox.station<number>("orders");
  await orders.produce(1);
  const messages = orders.consume({ group: "g", create: { maxAckTimeMs: 30_000 } });
  const before = ox.now.getTime();
  assert.equal((await messages.next()).value?.attempt, 1);
  await ox.advance("31s");
  assert.ok(ox.now.getTime() - before >= 31_000);
  const again = (await messages.next()).value;
  assert.equal(again?.attempt, 2);
  await again?.ackSync();
});

test("what is to be delivered later comes when time passes", async () => {
  await using ox = await testServer();
  await ox.admin.stations.create("orders");
  const orders = ox.station<string>("orders");
  const messages = orders.consume({ group: "g" });
  await messages.start();
  await orders.produce("tomorrow", { delayMs: 86_400_000 });
  await orders.produce("now");
  const now = (await messages.next()).value;
  assert.equal(now?.value, "now");
  await now?.ackSync();
  await ox.advance("1d");
  assert.equal((await messages.next()).value?.value, "tomorrow");
});

test("several servers stand side by side, each with its clients", async () => {
  await using one = await testServer();
  await using other = await testServer();
  await one.admin.stations.create("orders");
  const second = await one.connect({ name: "second" });
  assert.equal((await second.station("orders").produce(1)).sequence, 1);
  await assert.rejects(other.station("orders").produce(1), { code: "STATION_NOT_FOUND" });
  await second.close();
});
