import assert from "node:assert/strict";
import { test } from "node:test";
import { PlatformService } from "@oxbow/platform";
import { refuses } from "../support/refuses.ts";
import { onEachTarget } from "../support/targets.ts";
import { ClientBench } from "./support/bench-client.ts";

onEachTarget("administering with the client", (target) => {
  test("asks the platform for everything it can do", async () => {
    await using bench = await ClientBench.open(target.server);
    await using _service = await PlatformService.open(bench.official.nc, { version: "1.2.3" });
    const { admin } = bench.ox;
    assert.equal((await admin.platform.info()).version, "1.2.3");
    await admin.stations.create("prod.orders", { partitions: 2 });
    assert.equal((await admin.stations.edit("prod.orders", { maxAgeMs: 0 })).settings.maxAgeMs, 0);
    await bench.ox.station("prod.orders").produce(1);
    // The group is made by the platform, which is there to be asked.
    const messages = bench.ox.station("prod.orders").consume({ group: "billing" });
    (await messages.next()).value?.ack();
    await messages.stop();
    const group = await admin.groups.get("prod.orders", "billing");
    assert.equal(group.partitions.length, 2);
    const to = { from: "beginning" } as const;
    const rewound = await admin.groups.rewind("prod.orders", "billing", { to, isDryRun: true });
    assert.equal(rewound.deliveredAgain, 1);
    const names = [];
    for await (const { name, station } of admin.groups.list({ station: "prod.orders" })) {
      names.push(`${station} ${name}`);
    }
    assert.deepEqual(names, ["prod.orders billing"]);
    await admin.schemas.create("order", { format: "json", text: '{"type":"object"}' });
    await admin.attachments.set("prod.orders", { schema: "order" });
    assert.equal((await admin.attachments.get("prod.orders")).attachment?.schema, "order");
    assert.deepEqual(await admin.stations.purge("prod.orders"), { purged: 1 });
    assert.deepEqual(await admin.stations.delete("prod.orders"), { isDeleted: true });
    await refuses(admin.stations.get("prod.orders"), "STATION_NOT_FOUND", /prod\.orders/);
    const wrong = admin.stations.create("x", { partitions: 0 });
    await refuses(wrong, "STATION_INVALID", /partitions/);
  });

  test("says when there is no platform", async () => {
    await using bench = await ClientBench.open(target.server);
    await refuses(bench.ox.admin.stations.get("x"), "API_UNAVAILABLE", /runs no platform/);
  });
});
