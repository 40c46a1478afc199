import assert from "node:assert/strict";
import { test } from "node:test";
import { RawJetStream } from "../support/jetstream-client.ts";
import { openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("account info", (target) => {
  test("counts streams, consumers and the bytes they store, and knows no limits", async () => {
    await using client = await openOfficialClient(target.server);
    const before = await client.jsm.getAccountInfo();
    assert.deepEqual(
      [before.streams, before.consumers, before.memory, before.storage],
      [0, 0, 0, 0],
    );
    assert.deepEqual(before.limits, {
      max_memory: -1,
      max_storage: -1,
      max_streams: -1,
      max_consumers: -1,
      max_ack_pending: -1,
      memory_max_stream_bytes: -1,
      storage_max_stream_bytes: -1,
      max_bytes_required: false,
    });
    await client.jsm.streams.add({ name: "FILE" });
    await client.jsm.streams.add({ name: "MEMORY", storage: "memory" });
    await client.jsm.consumers.add("FILE", { durable_name: "c", ack_policy: "explicit" });
    await client.js.publish("FILE", "x".repeat(100));
    await client.js.publish("MEMORY", "x".repeat(200));
    const after = await client.jsm.getAccountInfo();
    const bytesOf = async (name: string): Promise<number> =>
      (await client.jsm.streams.info(name)).state.bytes;
    assert.deepEqual([after.streams, after.consumers], [2, 1]);
    assert.equal(after.storage, await bytesOf("FILE"));
    assert.equal(after.memory, await bytesOf("MEMORY"));
  });

  test("reserves what streams may take at most", async () => {
    await using client = await openOfficialClient(target.server);
    await client.jsm.streams.add({ name: "RESERVED", max_bytes: 1_000_000 });
    assert.equal((await client.jsm.getAccountInfo()).reserved_storage, 1_000_000);
    await client.jsm.streams.delete("RESERVED");
    assert.equal((await client.jsm.getAccountInfo()).reserved_storage, 0);
  });

  test("counts API requests and the errors among them", async () => {
    await using raw = await RawJetStream.open(target.server);
    const before = (await raw.ok("INFO"))["api"];
    await raw.api("STREAM.INFO.NONE");
    const after = (await raw.ok("INFO"))["api"];
    assert.equal(after.errors - before.errors, 1);
    assert.ok(after.total - before.total >= 2);
  });
});
