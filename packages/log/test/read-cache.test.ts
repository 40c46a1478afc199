import assert from "node:assert/strict";
import { test } from "node:test";
import { LogStore } from "@oxbow/log";
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
