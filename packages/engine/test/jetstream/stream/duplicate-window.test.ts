import assert from "node:assert/strict";
import { test } from "node:test";
import { SimWorld } from "@oxbow/testkit";
import fc from "fast-check";
import { DuplicateWindow } from "../../../src/jetstream/stream/duplicate-window.ts";

test("an id is known for as long as the window, and no longer", () => {
  const { clock } = new SimWorld("window").host();
  const window = new DuplicateWindow(clock, 100, () => 1);
  window.add("a", 1, 1_000);
  assert.equal(window.find("a", 1_099), 1);
  assert.equal(window.find("b", 1_099), 0);
  assert.equal(window.find("a", 1_100), 0);
});

test("ids go by themselves when nobody publishes any more, and so does the timer", async () => {
  const world = new SimWorld("window");
  const { clock } = world.host();
  const window = new DuplicateWindow(clock, 100, () => 1);
  window.add("a", 1, clock.nowMs());
  await world.run({ untilMs: 60 });
  window.add("b", 2, clock.nowMs());
  await world.run({ untilMs: 120 });
  assert.equal(window.size, 1);
  assert.equal(await world.run({ untilMs: 1_000 }), "idle");
  assert.equal(window.size, 0);
});

test("a shorter window counts at once", async () => {
  const world = new SimWorld("window");
  const { clock } = world.host();
  const window = new DuplicateWindow(clock, 10_000, () => 1);
  window.add("a", 1, clock.nowMs());
  await world.run({ untilMs: 500 });
  window.windowMs = 400;
  assert.equal(window.size, 0);
  assert.equal(await world.run({ untilMs: 1_000 }), "idle");
});

test("the end leaves no timer", async () => {
  const world = new SimWorld("window");
  const window = new DuplicateWindow(world.host().clock, 100, () => 1);
  window.add("a", 1, 0);
  window.close();
  assert.equal(await world.run({ untilMs: 1_000 }), "idle");
});

test("it knows what a list of everything would know", () => {
  const publish = fc.record({ id: fc.constantFrom("a", "b", "c", "d"), afterMs: fc.nat(80) });
  const property = fc.property(fc.array(publish, { maxLength: 100 }), (publishes) => {
    const window = new DuplicateWindow(new SimWorld("window").host().clock, 100, () => 1);
    const seen: { id: string; sequence: number; atMs: number }[] = [];
    let nowMs = 0;
    for (const { id, afterMs } of publishes) {
      nowMs += afterMs;
      const known = seen.findLast((each) => each.id === id && each.atMs > nowMs - 100);
      assert.equal(window.find(id, nowMs), known?.sequence ?? 0);
      if (known !== undefined) continue;
      seen.push({ id, sequence: seen.length + 1, atMs: nowMs });
      window.add(id, seen.length, nowMs);
    }
    assert.ok(window.size <= 4);
  });
  fc.assert(property);
});

test("over years keeps the ids of messages that there are", () => {
  let first = 1;
  const years = 100 * 365 * 24 * 60 * 60 * 1000;
  const window = new DuplicateWindow(new SimWorld("window").host().clock, years, () => first);
  for (let sequence = 1; sequence <= 20_000; sequence++) {
    first = Math.max(1, sequence - 99);
    window.add(`id-${sequence}`, sequence, 0);
  }
  assert.equal(window.find("id-20000", 0), 20_000);
  assert.equal(window.find("id-19901", 0), 19_901);
  assert.equal(window.find("id-1", 0), 0);
  assert.ok(window.size <= 4_196, `${window.size} ids`);
  window.close();
});
