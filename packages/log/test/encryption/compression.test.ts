import assert from "node:assert/strict";
import { test } from "node:test";
import { LogStore, type LogStoreOptions } from "@oxbow/log";
import { type SimDisk, simulate } from "@oxbow/testkit";
import { append, contents, logOf } from "../support/messages.ts";

const OPTIONS: LogStoreOptions = { directory: "/data", journalSizeMax: 64 * 1024 };

function segmentBytes(disk: SimDisk): number {
  const paths = disk.paths().filter((path) => path.endsWith(".seg"));
  return paths.reduce((sum, path) => sum + disk.contents(path).length, 0);
}

test("a compressed log takes a fraction of the room, and changes nothing else", async () => {
  const sizes: number[] = [];
  for (const isCompressed of [false, true]) {
    const { world, host } = simulate("room");
    await world.play(async () => {
      let store = await LogStore.open(OPTIONS, host);
      const log = store.createLog("a", "file");
      log.isCompressed = isCompressed;
      for (let i = 0; i < 500; i++) {
        append(log, { subject: "orders.new", payload: `{"id":${i},"state":"new","amount":12}` });
      }
      await store.durable();
      await store.checkpoint();
      sizes.push(segmentBytes(host.disk));
      const before = await contents(log);
      await store.close();
      store = await LogStore.open(OPTIONS, host);
      assert.deepEqual(await contents(logOf(store, "a")), before);
      await store.close();
    });
  }
  const [plain = 0, compressed = 0] = sizes;
  assert.ok(compressed * 4 < plain, `${compressed} of ${plain} bytes`);
});

test("a log can be compressed from some message on, and stop again", async () => {
  const { world, host } = simulate("change");
  await world.play(async () => {
    let store = await LogStore.open({ ...OPTIONS, segmentSizeMax: 4_000 }, host);
    const log = store.createLog("a", "file");
    for (const isCompressed of [false, true, false, true]) {
      log.isCompressed = isCompressed;
      for (let i = 0; i < 60; i++) append(log, { subject: "a", payload: "x".repeat(100) });
      await store.durable();
      await store.checkpoint();
    }
    const before = await contents(log);
    await store.close();
    store = await LogStore.open(OPTIONS, host);
    assert.deepEqual(await contents(logOf(store, "a")), before);
    assert.deepEqual(store.damage, []);
    await store.close();
  });
});

test("damage in a block costs its messages, and no others", async () => {
  const { world, host } = simulate("damage");
  await world.play(async () => {
    const store = await LogStore.open(OPTIONS, host);
    const log = store.createLog("a", "file");
    log.isCompressed = true;
    for (let i = 0; i < 30; i++) {
      append(log, { subject: "a", payload: `message ${i} `.repeat(20) });
      if (i % 10 === 9) {
        await store.durable();
        await store.checkpoint();
      }
    }
    await store.close();
    const path = host.disk.paths().find((name) => name.endsWith(".seg")) as string;
    const bytes = Buffer.from(host.disk.contents(path));
    const second = bytes.indexOf("OXBK", bytes.indexOf("OXBK", bytes.indexOf("OXBK") + 1) + 1);
    const file = await host.disk.open("TEST", path, "write");
    await new Promise((resolve) =>
      file.write("TEST", [Buffer.alloc(9, 0xa5)], second + 70, resolve),
    );
    await file.close();
    const again = await LogStore.open(OPTIONS, host);
    const lines = await contents(logOf(again, "a"));
    const damaged = lines.filter((line) => line.endsWith("corrupt"));
    assert.equal(lines.length, 30);
    assert.equal(damaged.length, 10);
    await again.close();
  });
});
