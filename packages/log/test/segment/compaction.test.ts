import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LogStore, type LogStoreOptions, UNLIMITED } from "@oxbow/log";
import { simulate } from "@oxbow/testkit";
import { append, contents, describeLog, logOf, read } from "../support/messages.ts";

const OPTIONS: LogStoreOptions = {
  directory: "/data",
  journalSizeMax: 64 * 1024,
  segmentSizeMax: 4_000,
};
const LATEST = { ...UNLIMITED, perSubjectMax: 1 };

describe("a log with a newest message per subject", () => {
  test("does not grow on disk for ever, and reads the same after it was opened again", async () => {
    const { world, host } = simulate("churn");
    await world.play(async () => {
      const store = await LogStore.open(OPTIONS, host);
      const log = store.createLog("table", "file");
      log.setLimits(LATEST);
      let usedMax = 0;
      for (let round = 0; round < 40; round++) {
        append(log, { subject: `kept.${round}`, payload: "for ever" });
        for (let i = 0; i < 120; i++) {
          append(log, { subject: `key.${i % 10}`, payload: `round ${round} ${"x".repeat(60)}` });
        }
        await store.durable();
        await store.checkpoint();
        const used = host.disk
          .paths()
          .filter((path) => path.includes("/logs/"))
          .reduce((sum, path) => sum + host.disk.contents(path).length, 0);
        usedMax = Math.max(usedMax, used);
      }
      assert.ok(host.disk.callCount("COMPACTION:RENAME") > 5);
      assert.ok(usedMax < 60_000, `${usedMax} bytes for what takes 20,000`);
      assert.ok(log.segments.length < 10, `${log.segments.length} segments`);
      const before = await describeLog(log);
      assert.equal(log.count, 50);
      await store.close();
      const again = await LogStore.open(OPTIONS, host);
      assert.deepEqual(again.damage, []);
      const reopened = logOf(again, "table");
      assert.deepEqual(await describeLog(reopened), before);
      const kept = await read(reopened, reopened.nextSequence(0));
      assert.deepEqual(kept, { sequence: 1, subject: "kept.0", headers: "", payload: "for ever" });
      reopened.remove(1);
      await again.close();
      const third = await LogStore.open(OPTIONS, host);
      assert.equal(logOf(third, "table").count, 49);
      await third.close();
    });
  });

  test("does not grow in memory for ever", async () => {
    const { world, host } = simulate("memory");
    await world.play(async () => {
      const store = await LogStore.open({ directory: undefined }, host);
      const log = store.createLog("table", "memory");
      log.setLimits(LATEST);
      const payload = "x".repeat(20_000);
      for (let round = 0; round < 60; round++) {
        append(log, { subject: `kept.${round}`, payload: `kept ${round}` });
        for (let i = 0; i < 40; i++) append(log, { subject: `key.${i % 4}`, payload });
        await store.durable();
      }
      const held = log.segments.reduce((sum, segment) => sum + segment.footprint, 0);
      assert.ok(held < 10 * 1024 * 1024, `${held} bytes held of 48 MB`);
      const lines = await contents(log);
      assert.equal(lines.length, 64);
      assert.equal(lines[7], "288 kept.7 kept 7");
      assert.equal(log.absentSequences(3).length, 3);
    });
  });

  test("can be read, and changed, while it is being compacted", async () => {
    const { world, host } = simulate("during");
    host.disk.slow("COMPACTION:SYNC", 50);
    await world.play(async () => {
      const store = await LogStore.open(OPTIONS, host);
      const log = store.createLog("table", "file");
      for (let i = 1; i <= 300; i++) append(log, { subject: `s.${i}`, payload: `message ${i}` });
      await store.durable();
      await store.checkpoint();
      for (let i = 1; i <= 250; i++) if (i % 10 !== 0) log.remove(i);
      const compacting = store.checkpoint();
      while (host.disk.callCount("COMPACTION:SYNC") === 0) await host.clock.advance(1);
      log.remove(20);
      log.remove(200);
      for (const sequence of [10, 30, 150, 240]) {
        const message = await read(log, sequence);
        assert.ok(typeof message === "object" && message.payload === `message ${sequence}`);
      }
      await compacting;
      assert.equal(await read(log, 20), "absent");
      const before = await contents(log);
      assert.equal(before.length, 23 + 50);
      log.removeBelow(95);
      await store.checkpoint();
      await store.close();
      const again = await LogStore.open(OPTIONS, host);
      assert.deepEqual(
        await contents(logOf(again, "table")),
        before.filter((line) => Number.parseInt(line, 10) >= 95),
      );
      await again.close();
    });
  });

  test("keeps a batch of which any message is left", async () => {
    const { world, host } = simulate("batches");
    await world.play(async () => {
      const store = await LogStore.open({ ...OPTIONS, segmentSizeMax: 600 }, host);
      const log = store.createLog("a", "file");
      for (let i = 0; i < 40; i++) {
        append(log, { subject: "a", payload: `batch ${i} ${"x".repeat(60)}`, count: 4 });
      }
      await store.durable();
      await store.checkpoint();
      for (let sequence = 1; sequence <= 156; sequence++) {
        if (sequence !== 7 && sequence !== 80) log.remove(sequence);
      }
      await store.checkpoint();
      assert.ok(host.disk.callCount("COMPACTION:RENAME") > 0);
      const expected = await contents(log);
      assert.equal(expected.length, 6);
      const message = await read(log, 7);
      assert.ok(typeof message === "object" && message.sequence === 5);
      await store.close();
      const again = await LogStore.open(OPTIONS, host);
      assert.deepEqual(await contents(logOf(again, "a")), expected);
      await again.close();
    });
  });
});
