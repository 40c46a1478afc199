import assert from "node:assert/strict";
import { test } from "node:test";
import { LogStore } from "@oxbow/log";
import { simulate } from "@oxbow/testkit";
import { append, contents, logOf } from "./support/messages.ts";

const DIRECTORY = "/data";
const MIB = 1024 * 1024;

/** Sizes of what a checkpoint wrote to segments, in order, read from the trace of a disk. */
function writeSizes(trace: readonly string[]): number[] {
  return trace
    .filter((line) => line.startsWith("SEGMENT:WRITE "))
    .map((line) => Number(line.slice(line.lastIndexOf("+") + 1)));
}

test("a checkpoint writes much in parts, so that commits get between them", async () => {
  const { world, host } = simulate("parts", { disk: { stallChance: 0, trace: true } });
  await world.play(async () => {
    const store = await LogStore.open({ directory: DIRECTORY }, host);
    const log = store.createLog("events", "file");
    for (let index = 0; index < 14; index++) {
      append(log, { subject: `e.${index}`, payload: `${index} `.padEnd(300_000, "x") });
    }
    await store.durable();
    const before = await contents(log);
    await store.checkpoint();
    const sizes = writeSizes(host.disk.trace);
    assert.ok(sizes.length >= 4, `${sizes}`);
    assert.ok(Math.max(...sizes) <= MIB, `${sizes}`);
    assert.deepEqual(await contents(log), before);
    await store.close();
    await using again = await LogStore.open({ directory: DIRECTORY }, host);
    assert.deepEqual(await contents(logOf(again, "events")), before);
  });
});

test("a message larger than a part is whole behind all of them", async () => {
  const { world, host } = simulate("large", { disk: { stallChance: 0, trace: true } });
  await world.play(async () => {
    await using store = await LogStore.open({ directory: DIRECTORY }, host);
    const log = store.createLog("events", "file");
    for (const size of [10, 3 * MIB, 10]) append(log, { subject: "e", payload: "x".repeat(size) });
    await store.durable();
    await store.checkpoint();
    assert.equal(writeSizes(host.disk.trace).reduce((sum, size) => sum + size) > 3 * MIB, true);
    assert.deepEqual(
      (await contents(log)).map((line) => line.length),
      [10, 3 * MIB, 10].map((size, index) => `${index + 1} e `.length + size),
    );
  });
});

test("a checkpoint that fails between two parts loses nothing", async () => {
  for (let call = 1; call <= 4; call++) {
    const { world, host } = simulate(`fails ${call}`, { disk: { stallChance: 0 } });
    const before: string[] = [];
    await world.play(async () => {
      const store = await LogStore.open({ directory: DIRECTORY }, host);
      const log = store.createLog("events", "file");
      for (let index = 0; index < 14; index++) {
        append(log, { subject: `e.${index}`, payload: `${index} `.padEnd(300_000, "x") });
      }
      await store.durable();
      before.push(...(await contents(log)));
      host.disk.failAt("SEGMENT:WRITE", call, "EIO");
      await assert.rejects(store.checkpoint());
    });
    host.crash();
    const next = world.host({ disk: host.disk.crash(call) });
    await world.play(async () => {
      await using store = await LogStore.open({ directory: DIRECTORY }, next);
      assert.deepEqual(await contents(logOf(store, "events")), before);
    });
  }
});

test("what nobody reads is written around the cache, and what somebody follows through it", async () => {
  const { world, host } = simulate("around", { disk: { stallChance: 0, trace: true } });
  await world.play(async () => {
    await using store = await LogStore.open({ directory: DIRECTORY }, host);
    const log = store.createLog("events", "file");
    const checkpoint = async (): Promise<string[]> => {
      append(log, { subject: "e", payload: "x".repeat(300_000) });
      await store.durable();
      const from = host.disk.trace.length;
      await store.checkpoint();
      const lines = host.disk.trace.slice(from).filter((line) => line.startsWith("SEGMENT:WRITE "));
      return lines.map((line) => line.split(" ")[1] as string);
    };
    assert.deepEqual(await checkpoint(), ["write-around"]);
    // From the file: it is in memory no more.
    await contents(log);
    assert.deepEqual(await checkpoint(), ["write"]);
    assert.deepEqual(await checkpoint(), ["write-around"]);
  });
});
