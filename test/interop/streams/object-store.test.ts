import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { Objm } from "@nats-io/obj";
import { openOfficialClient } from "../support/official-client.ts";
import { onEachTarget } from "../support/targets.ts";

onEachTarget("the official object store", (target) => {
  test("keeps an object of many chunks, and gives it back unchanged", async () => {
    await using client = await openOfficialClient(target.server);
    const store = await new Objm(client.js).create("files");
    // Larger than what flow control lets through without an answer.
    const bytes = randomBytes(5 * 1024 * 1024 + 17);
    const info = await store.putBlob({ name: "blob" }, bytes);
    assert.equal(info.size, bytes.length);
    assert.equal(info.chunks, 41);
    const back = await store.getBlob("blob");
    assert.ok(back !== null && bytes.equals(back));
  });

  test("replaces, lists, watches and deletes", async () => {
    await using client = await openOfficialClient(target.server);
    const store = await new Objm(client.js).create("managed");
    await store.putBlob({ name: "a", description: "first" }, Buffer.from("one"));
    await store.putBlob({ name: "b" }, Buffer.from("two"));
    await store.putBlob({ name: "a" }, Buffer.from("three"));
    assert.equal(Buffer.from((await store.getBlob("a")) ?? []).toString(), "three");
    assert.deepEqual((await store.list()).map(({ name }) => name).sort(), ["a", "b"]);
    const seen: string[] = [];
    for await (const info of await store.watch({ includeHistory: true })) {
      seen.push(info.deleted ? `${info.name} deleted` : info.name);
      if (seen.length === 2) await store.delete("b");
      if (info.deleted) break;
    }
    assert.deepEqual([...seen.slice(0, 2).sort(), seen[2]], ["a", "b", "b deleted"]);
    assert.equal(await store.getBlob("b"), null);
    const status = await store.status();
    assert.equal(status.sealed, false);
    assert.equal(await store.destroy(), true);
  });
});
