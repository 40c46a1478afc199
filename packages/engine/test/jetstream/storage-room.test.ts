import assert from "node:assert/strict";
import { test } from "node:test";
import { unlimited } from "../../src/jetstream/config/limits.ts";
import type { StorageType } from "../../src/jetstream/config/stream-config.ts";
import { StorageRoom } from "../../src/jetstream/storage-room.ts";

const streamOf = (storage: StorageType, bytes: number) => ({ config: { storage }, log: { bytes } });

test("without a limit there is always room", () => {
  const room = new StorageRoom(unlimited, () => [streamOf("file", 1e12)]);
  assert.equal(room.isLimited, false);
  assert.equal(room.take("file", 1e9), true);
});

test("all streams of a kind of storage share its limit, and what they remove comes back", () => {
  const streams = [streamOf("file", 600), streamOf("file", 300), streamOf("memory", 5000)];
  const room = new StorageRoom({ ...unlimited, storageBytesMax: 1000 }, () => streams);
  assert.equal(room.isLimited, true);
  assert.equal(room.take("file", 101), false);
  assert.equal(room.take("file", 100), true);
  streams[0] = streamOf("file", 700);
  assert.equal(room.take("file", 1), false);
  assert.equal(room.take("memory", 1_000_000), true);
  streams[0] = streamOf("file", 0);
  assert.equal(room.take("file", 700), true);
  assert.equal(room.take("file", 1), true);
});
