import assert from "node:assert/strict";
import { test } from "node:test";
import { Kvm } from "@nats-io/kv";
import { openOfficialClient, rejectsWithCode } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("the official key-value store", (target) => {
  test("puts, gets, updates by revision, deletes and purges", async () => {
    await using client = await openOfficialClient(target.server);
    const kv = await new Kvm(client.js).create("config", { history: 5 });
    assert.equal(await kv.put("color", "red"), 1);
    assert.equal((await kv.get("color"))?.string(), "red");
    assert.equal(await kv.update("color", "green", 1), 2);
    await rejectsWithCode(kv.update("color", "blue", 1), 10071);
    assert.equal((await kv.get("color"))?.string(), "green");
    await rejectsWithCode(kv.create("color", "blue"), 10071);
    await kv.delete("color");
    assert.equal((await kv.get("color"))?.operation, "DEL");
    assert.equal(await kv.create("color", "blue"), 4);
    await kv.purge("color");
    assert.equal((await kv.get("color"))?.operation, "PURGE");
    const status = await kv.status();
    assert.equal(status.values, 1);
    assert.equal(status.history, 5);
  });

  test("keeps the revisions it was asked to keep", async () => {
    await using client = await openOfficialClient(target.server);
    const kv = await new Kvm(client.js).create("history", { history: 3 });
    for (const value of ["1", "2", "3", "4"]) await kv.put("a", value);
    assert.equal((await kv.get("a", { revision: 3 }))?.string(), "3");
    assert.equal(await kv.get("a", { revision: 1 }), null);
    assert.equal((await kv.get("a"))?.revision, 4);
  });

  test("is one stream to everybody else, and can be destroyed", async () => {
    await using client = await openOfficialClient(target.server);
    const kv = await new Kvm(client.js).create("streamed");
    await kv.put("a", "1");
    const { config } = await client.jsm.streams.info("KV_streamed");
    assert.deepEqual(config.subjects, ["$KV.streamed.>"]);
    assert.equal(config.discard, "new");
    await kv.destroy();
    await rejectsWithCode(client.jsm.streams.info("KV_streamed"), 10059);
  });
});
