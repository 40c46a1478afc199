import assert from "node:assert/strict";
import { test } from "node:test";
import { LogStore, RecordView } from "@oxbow/log";
import { simulate } from "@oxbow/testkit";
import { append, logOf, read } from "./support/messages.ts";

const OPTIONS = { directory: "/data", segmentSizeMax: 8 * 1024 * 1024 };

test("one read serves those who ask for the same stretch, and what follows in it", async () => {
  const { world, host } = simulate("cache");
  await world.play(async () => {
    const store = await LogStore.open(OPTIONS, host);
    const log = store.createLog("a", "file");
    for (let i = 1; i <= 2_000; i++) append(log, { subject: "a", payload: `${i} `.padEnd(1_000) });
    await store.durable();
    await store.checkpoint();
    const reads = () => host.disk.callCount("SEGMENT:READ");
    await Promise.all([1, 2, 3, 400].map((sequence) => read(log, sequence)));
    assert.equal(reads(), 1);
    for (let sequence = 1; sequence <= 2_000; sequence++) {
      const message = await read(log, sequence);
      assert.ok(typeof message === "object" && message.payload.startsWith(`${sequence} `));
    }
    assert.ok(reads() <= 5, `${reads()} reads of 512 KiB for 2 MB`);
    await store.close();
  });
});

test("what is read stays right while far more is read than the cache holds", async () => {
  const { world, host } = simulate("reuse", { disk: { stallChance: 0 } });
  await world.play(async () => {
    await using store = await LogStore.open(OPTIONS, host);
    const log = store.createLog("a", "file");
    // Three of them make a window that is nearly full, as chunks of an object do.
    const payloadOf = (sequence: number): string => `${sequence} `.padEnd(130_000, "x");
    const count = 300;
    for (let i = 1; i <= count; i++) append(log, { subject: "a", payload: payloadOf(i) });
    await store.durable();
    await store.checkpoint();
    for (let round = 0; round < 2; round++) {
      for (let sequence = 1; sequence <= count; sequence++) {
        const view = new RecordView();
        while (log.read(sequence, view) !== "ready") {
          await new Promise((resolve) => log.load(sequence, resolve));
        }
        // Another reader's window takes the place of this one in the same turn, at the latest.
        log.load(((sequence + 150) % count) + 1, () => {});
        assert.equal(view.payload().toString(), payloadOf(sequence));
      }
    }
  });
});

test("a record that rots is read as corrupt, once for all of its batch, and its neighbours are not", async () => {
  const { world, host } = simulate("rot");
  await world.play(async () => {
    const store = await LogStore.open(OPTIONS, host);
    const log = store.createLog("a", "file");
    append(log, { subject: "a", payload: "good" });
    append(log, { subject: "a", payload: "rotten", count: 3 });
    append(log, { subject: "a", payload: "fine" });
    await store.durable();
    await store.checkpoint();
    const path = host.disk.paths().find((name) => name.endsWith(".seg")) as string;
    const at = Buffer.from(host.disk.contents(path)).indexOf("rotten");
    host.disk.flipBit(path, at, 3);
    const damaged: number[] = [];
    log.listener = {
      onCommitted() {},
      onRemoved() {},
      onTruncated() {},
      onDamaged: (sequence) => void damaged.push(sequence),
    };
    log.remove(2);
    assert.equal(await read(log, 3), "corrupt");
    assert.equal(await read(log, 4), "corrupt");
    assert.notEqual(await read(log, 1), "corrupt");
    assert.notEqual(await read(log, 5), "corrupt");
    assert.deepEqual(damaged, [3, 4]);
    assert.equal(log.damagedCount, 2);
    append(log, { subject: "a", payload: "after" });
    await store.close();
    const again = await LogStore.open(OPTIONS, host);
    assert.ok(again.damage.length > 0);
    const reopened = logOf(again, "a");
    assert.equal(await read(reopened, 4), "corrupt");
    assert.deepEqual(await read(reopened, 6), {
      sequence: 6,
      subject: "a",
      headers: "",
      payload: "after",
    });
    await again.close();
  });
});
