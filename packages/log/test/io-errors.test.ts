import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { LogStore } from "@oxbow/log";
import { ANY_SITE, SimWorld } from "@oxbow/testkit";
import { CountingDisk } from "./support/counting-disk.ts";
import { append, logOf, read } from "./support/messages.ts";
import {
  allowedImages,
  type Image,
  imageOf,
  newProgress,
  runScript,
  SCRIPT_OPTIONS,
} from "./support/script.ts";

const SEED = "errors";

describe("a disk that fails", () => {
  let images: readonly Image[] = [];
  let callCount = 0;

  before(async () => {
    const world = new SimWorld(SEED);
    const progress = newProgress();
    await world.play(() => runScript(world.host(), progress, []));
    images = progress.images;
    const plain = new SimWorld(SEED);
    const host = plain.host();
    await plain.play(() => runScript(host, newProgress(), images));
    callCount = host.disk.callCount();
  });

  for (const { code, isSticky, step } of [
    { code: "EIO", isSticky: false, step: 2 },
    { code: "ENOSPC", isSticky: true, step: 5 },
  ]) {
    const how = isSticky ? "from one call on" : "once";
    test(`with ${code} ${how} leaves nothing open, nobody waiting and nothing acknowledged lost`, async () => {
      for (let call = 1; call <= callCount; call += step) {
        await failCall(call, code, isSticky, images);
      }
    });
  }

  test("a failed sync is never tried again, and what was read stays readable", async () => {
    const world = new SimWorld(SEED);
    const host = world.host();
    await world.play(async () => {
      const store = await LogStore.open(SCRIPT_OPTIONS, host);
      const log = store.createLog("a", "file");
      append(log, { subject: "a", payload: "kept" });
      await store.durable();
      let heard: Error | undefined;
      store.listener = {
        onCommitted() {},
        onFailed: (error) => void (heard = error),
        onRelieved() {},
      };
      host.disk.failAt("JOURNAL:COMMIT", host.disk.callCount("JOURNAL:COMMIT") + 1, "EIO");
      append(log, { subject: "a", payload: "lost" });
      await assert.rejects(store.durable(), { code: "LOG_FAILED" });
      const commits = host.disk.callCount("JOURNAL:COMMIT");
      append(log, { subject: "a", payload: "refused" });
      await assert.rejects(store.durable(), { code: "LOG_FAILED" });
      await assert.rejects(store.checkpoint(), { code: "LOG_FAILED" });
      await assert.rejects(store.erase(log, 1), { code: "LOG_FAILED" });
      assert.equal(heard, store.failure);
      assert.equal(host.disk.callCount("JOURNAL:COMMIT"), commits);
      assert.equal(log.committedSequence, 1);
      await store.close();
      await store.close();
    });
  });

  test("a failed read is told to who asked, and harms nobody else", async () => {
    const world = new SimWorld(SEED);
    const host = world.host();
    await world.play(async () => {
      const store = await LogStore.open(SCRIPT_OPTIONS, host);
      const log = store.createLog("a", "file");
      append(log, { subject: "a", payload: "x" });
      await store.durable();
      await store.checkpoint();
      host.disk.failAt("SEGMENT:READ", 1, "EIO");
      await assert.rejects(read(logOf(store, "a"), 1), { code: "EIO" });
      assert.notEqual(await read(log, 1), "corrupt");
      assert.equal(store.failure, undefined);
      await store.close();
    });
  });
});

/** Runs the script with one call failing, and judges what is left by a store that is opened without faults. */
async function failCall(
  call: number,
  code: string,
  isSticky: boolean,
  images: readonly Image[],
): Promise<void> {
  const label = `${code} at call ${call}`;
  const world = new SimWorld(SEED);
  const host = world.host();
  const disk = new CountingDisk(host.disk);
  host.disk.failAt(ANY_SITE, call, code, isSticky);
  const progress = newProgress();
  const error = await world.play(() =>
    runScript({ ...host, disk }, progress, images).then(
      () => undefined,
      (reason: Error) => reason,
    ),
  );
  assert.equal(disk.openCount, 0, `${label} leaves files open, after ${error?.message}`);
  const next = world.host({ disk: host.kill() });
  await world.play(async () => {
    const store = await LogStore.open(SCRIPT_OPTIONS, next);
    assert.deepEqual(store.damage, [], label);
    const allowed = allowedImages(progress, images);
    const image = await imageOf(store);
    assert.ok(
      allowed.includes(image),
      `${label}: found\n${image}\ninstead of\n${allowed.join("\nor\n")}`,
    );
    await store.close();
  });
}
