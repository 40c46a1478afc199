import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "oxbow";
import { clientOver, readParent, readStamp, traceIdIn, traceIdOf } from "oxbow/internal";
import { ClientBench } from "../client/support/bench-client.ts";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("what stamps say", (target) => {
  test("who has produced a message, by which door and on which connection", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders");
    await using ox = await connect({ servers: `127.0.0.1:${target.server.port}`, name: "shop" });
    await ox.station("orders").produce(1);
    await ox.station("orders").producer({ name: "check;out" }).produce(2, { messageId: "two" });
    const door = clientOver(bench.official.nc, "http", { name: "HTTP" });
    await door.station("orders").produce(3, { headers: { "oxbow-stamp": "door=forged", A: "b" } });
    const stamps = [];
    for (const seq of [1, 2, 3]) {
      const message = await bench.official.jsm.streams.getMessage("orders", { seq });
      stamps.push(readStamp(message?.header.get("Oxbow-Stamp")));
      if (seq === 3) assert.deepEqual(message?.header.values("A"), ["b"]);
      if (seq === 3) assert.equal(message?.header.get("oxbow-stamp"), "");
    }
    assert.deepEqual(
      stamps.map((stamp) => [stamp?.door, stamp?.by]),
      [
        ["sdk", "shop"],
        ["sdk", "check;out"],
        ["http", "HTTP"],
      ],
    );
    const [shop, checkout, http] = stamps;
    assert.ok(shop?.id && checkout?.id && shop.id !== checkout.id);
    assert.equal(shop.connection, checkout.connection);
    assert.equal(http?.connection, bench.official.nc.info?.client_id);
  });

  test("what is derived from a message says so, and goes on in its trace", async () => {
    await using bench = await ClientBench.open(target.server);
    await bench.stations.create("orders", { partitions: 2 });
    await bench.stations.create("invoices");
    const orders = bench.ox.station("orders");
    const invoices = bench.ox.station("invoices");
    const given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await orders.produce(1, { partition: 2 });
    await orders.produce(2, { partition: 2, headers: { traceparent: given } });
    const messages = await orders.fetch(2, { group: "billing" });
    for (const parent of messages) {
      await invoices.produce(parent.sequence, { parent });
      parent.ack();
    }
    await invoices.produce(3, { parent: { station: "orders", partition: 2, sequence: 9 } });
    const headers = [];
    for (const seq of [1, 2, 3]) {
      headers.push((await bench.official.jsm.streams.getMessage("invoices", { seq }))?.header);
    }
    assert.deepEqual(
      headers.map((each) => readParent(each?.get("Oxbow-Parent"))),
      [1, 2, 9].map((sequence) => ({ station: "orders", partition: 2, sequence })),
    );
    const [first] = messages;
    assert.ok(first);
    const begun = traceIdOf({ stream: first.stream, sequence: 1, timeMs: first.time.getTime() });
    assert.equal(traceIdIn(headers[0]?.get("traceparent")), begun);
    assert.match(headers[1]?.get("traceparent") ?? "", /^00-0af7651916cd43dd8448eb211c80319c-/);
    assert.equal(headers[2]?.get("traceparent"), "");
    const nowhere = { station: "", partition: 1, sequence: 1 };
    await refuses(invoices.produce(4, { parent: nowhere }), "MESSAGE_INVALID", /parent/);
  });
});
