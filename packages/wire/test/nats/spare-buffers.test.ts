import assert from "node:assert/strict";
import { test } from "node:test";
import { SpareBuffers } from "../../src/nats/spare-buffers.ts";

test("sizes are those of the classes, and exact above them", () => {
  const spares = new SpareBuffers();
  const rows: [sizeMin: number, sizeMax: number, taken: number][] = [
    [1, 1, 1024],
    [1024, 1024, 1024],
    [1025, 1025, 4096],
    [100_000, 100_000, 262_144],
    [262_144, 262_144, 262_144],
    [262_145, 10_000_000, 524_290],
    [262_145, 300_000, 300_000],
    [262_145, 0, 262_145],
  ];
  for (const [sizeMin, sizeMax, taken] of rows) {
    assert.equal(spares.take(sizeMin, sizeMax).length, taken);
  }
});

test("a buffer that was given back is handed out again, once", () => {
  const spares = new SpareBuffers();
  const buffer = spares.take(5000, 5000);
  spares.give(buffer);
  assert.equal(spares.take(6000, 6000), buffer);
  assert.notEqual(spares.take(6000, 6000), buffer);
});

test("at most 256 KiB of a class are kept, and nothing of another size", () => {
  const spares = new SpareBuffers();
  const given = new Set(Array.from({ length: 300 }, () => spares.take(1024, 1024)));
  for (const buffer of given) spares.give(buffer);
  const again = Array.from({ length: 300 }, () => spares.take(1024, 1024));
  assert.equal(again.filter((buffer) => given.has(buffer)).length, 256);

  const large = spares.take(300_000, 300_000);
  spares.give(large);
  assert.notEqual(spares.take(300_000, 300_000), large);
  spares.give(Buffer.alloc(0));
  assert.equal(spares.take(0, 0).length, 1024);
});
