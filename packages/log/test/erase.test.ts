import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LogStore, type LogStoreOptions } from "@oxbow/log";
import { type SimDisk, simulate } from "@oxbow/testkit";
import { append, contents, logOf } from "./support/messages.ts";

const CANARY = "canary-7f3a";
const OPTIONS: LogStoreOptions = {
  directory: "/data",
  journalSizeMax: 20 * 1024,
  segmentSizeMax: 2_000,
};

/** Files that hold the canary. */
function filesWithCanary(disk: SimDisk): string[] {
  return disk.paths().filter((path) => Buffer.from(disk.contents(path)).includes(CANARY));
}

describe("an erased message", () => {
  for (const [where, isCheckpointed, count] of [
    ["that only the journal has", false, 1],
    ["that lies in a segment", true, 1],
    ["that lies in a sealed segment", true, 40],
  ] as const) {
    test(`${where} is in no file any more`, async () => {
      const { world, host } = simulate(where);
      await world.play(async () => {
        const store = await LogStore.open(OPTIONS, host);
        const log = store.createLog("a", "file");
        append(log, { subject: "a", payload: "before" });
        append(log, { subject: "a", payload: CANARY, headers: `${CANARY};` });
        for (let i = 0; i < count; i++) append(log, { subject: "a", payload: `after ${i}` });
        await store.durable();
        // The journal files are used again, with what is left in them from before.
        for (let i = 0; i < 12; i++) {
          append(log, { subject: "a", payload: `filler ${i}` });
          await store.durable();
        }
        if (isCheckpointed) await store.checkpoint();
        assert.notDeepEqual(filesWithCanary(host.disk), []);
        assert.equal(await store.erase(log, 2), true);
        assert.deepEqual(filesWithCanary(host.disk), []);
        assert.equal(await store.erase(log, 2), false);
        await store.close();
        assert.deepEqual(filesWithCanary(host.disk), []);
        const again = await LogStore.open(OPTIONS, host);
        assert.deepEqual(again.damage, []);
        const lines = await contents(logOf(again, "a"));
        assert.equal(lines.length, count + 13);
        assert.equal(lines[0], "1 a before");
        assert.equal(lines[1], "3 a after 0");
        await again.close();
      });
    });
  }

  test("goes with its whole batch, and calls made together share the work", async () => {
    const { world, host } = simulate("batch");
    await world.play(async () => {
      const store = await LogStore.open(OPTIONS, host);
      const log = store.createLog("a", "file");
      for (let i = 0; i < 10; i++) append(log, { subject: "a", payload: CANARY, count: 2 });
      append(log, { subject: "a", payload: "last" });
      await store.durable();
      await store.checkpoint();
      const commits = store.stats.commits;
      const erased = await Promise.all([2, 4, 6, 8, 10, 12].map((i) => store.erase(log, i)));
      assert.deepEqual(new Set(erased), new Set([true]));
      assert.ok(store.stats.commits - commits < 12, "six erasures share commits");
      assert.deepEqual(
        log.absentSequences(20),
        [],
        "the first twelve sequences are below the first one now",
      );
      assert.equal(log.firstSequence, 13);
      for (const sequence of [13, 15, 17, 19]) await store.erase(log, sequence);
      assert.deepEqual(filesWithCanary(host.disk), []);
      await store.close();
    });
  });
});
