import assert from "node:assert/strict";
import { test } from "node:test";
import { Kvm, type KvWatchEntry } from "@nats-io/kv";
import { collect, openOfficialClient, rejectsWithCode } from "../support/official-client.ts";
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

  test("watches what there is and what comes, and says when it has caught up", async () => {
    await using client = await openOfficialClient(target.server);
    const kv = await new Kvm(client.js).create("watched", { history: 5 });
    await kv.put("a", "1");
    await kv.put("b", "2");
    await kv.put("a", "3");
    const watch = await kv.watch();
    const seen: string[] = [];
    const caughtUp: string[] = [];
    for await (const entry of watch) {
      seen.push(`${entry.key}=${entry.operation === "PUT" ? entry.string() : entry.operation}`);
      if (entry.delta === 0 && caughtUp.length === 0) {
        caughtUp.push(...seen);
        await kv.put("c", "4");
        await kv.delete("b");
      }
      if (entry.operation === "DEL") break;
    }
    assert.deepEqual(caughtUp, ["b=2", "a=3"]);
    assert.deepEqual(seen.slice(2), ["c=4", "b=DEL"]);
  });

  test("watches single keys, new values only, or without values", async () => {
    await using client = await openOfficialClient(target.server);
    const kv = await new Kvm(client.js).create("filtered");
    await kv.put("a.x", "1");
    await kv.put("b.x", "2");
    const one = await kv.watch({ key: "a.*" });
    assert.deepEqual(await take(one, 1), ["a.x=1"]);
    const [all, updates, headers] = await Promise.all([
      kv.watch({ key: "a.*" }),
      kv.watch({ include: "updates" }),
      kv.watch({ key: "b.x", headers_only: true }),
    ]);
    assert.deepEqual(await take(headers, 1), ["b.x="]);
    await kv.put("c.x", "3");
    await kv.put("a.y", "4");
    assert.deepEqual(await take(all, 2), ["a.x=1", "a.y=4"]);
    assert.deepEqual(await take(updates, 2), ["c.x=3", "a.y=4"]);
  });

  test("lists keys and histories", async () => {
    await using client = await openOfficialClient(target.server);
    const kv = await new Kvm(client.js).create("listed", { history: 3 });
    assert.deepEqual(await collect(await kv.keys()), []);
    for (const value of ["1", "2", "3", "4"]) await kv.put("a", value);
    await kv.put("b", "5");
    await kv.delete("b");
    await kv.put("c", "6");
    assert.deepEqual((await collect(await kv.keys())).sort(), ["a", "c"]);
    const history = await collect(await kv.history({ key: "a" }));
    assert.deepEqual(
      history.map((entry) => [entry.string(), entry.revision, entry.delta]),
      [
        ["2", 2, 2],
        ["3", 3, 1],
        ["4", 4, 0],
      ],
    );
  });
});

/** The first `count` entries, as `key=value`. */
async function take(watch: AsyncIterable<KvWatchEntry>, count: number): Promise<string[]> {
  const taken: string[] = [];
  for await (const entry of watch) {
    taken.push(`${entry.key}=${entry.string()}`);
    if (taken.length === count) break;
  }
  return taken;
}
