import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "@oxbow/testkit";

test("time stands still until it is advanced", async () => {
  const { host } = simulate(1);
  const startedAtMs = host.clock.nowMs();
  assert.equal(host.clock.nowMs(), startedAtMs);
  await host.clock.advance(86_400_000);
  assert.equal(host.clock.nowMs(), startedAtMs + 86_400_000);
  assert.equal(host.clock.monotonicMs(), 86_400_000);
});

test("timers fire by deadline, those of one instant in the order they were set", async () => {
  const { host } = simulate(1);
  const fired: string[] = [];
  for (const [name, delayMs] of [
    ["c", 20],
    ["a", 10],
    ["b", 10],
    ["d", 21],
  ] as const) {
    host.clock.setTimer(delayMs, () => fired.push(`${name}@${host.clock.monotonicMs()}`));
  }
  await host.clock.advance(20);
  assert.deepEqual(fired, ["a@10", "b@10", "c@20"]);
  await host.clock.advance(1);
  assert.equal(fired.at(-1), "d@21");
});

test("a cancelled timer does not fire", async () => {
  const { host } = simulate(1);
  const timer = host.clock.setTimer(5, () => assert.fail("fired"));
  timer.cancel();
  timer.cancel();
  await host.clock.advance(10);
});

test("promises between two timers settle in between", async () => {
  const { host } = simulate(1);
  const order: string[] = [];
  host.clock.setTimer(1, () => {
    order.push("first");
    void Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => order.push("promise"));
  });
  host.clock.setTimer(1, () => order.push("second"));
  await host.clock.advance(1);
  assert.deepEqual(order, ["first", "promise", "second"]);
});

test("a turn gathers the calls made before it ends, in order", async () => {
  const { world, host } = simulate(1);
  const order: number[] = [];
  for (const i of [1, 2, 3]) host.clock.afterTurn(() => order.push(i));
  assert.deepEqual(order, []);
  await world.settle();
  assert.deepEqual(order, [1, 2, 3]);
});

test("simulated code can wait for the clock itself", async () => {
  const { world, host } = simulate(1);
  await world.play(async () => {
    await host.clock.advance(1500);
    assert.equal(host.clock.monotonicMs(), 1500);
  });
});

test("a stepped wall clock moves no timer", async () => {
  const { host } = simulate(1);
  const startedAtMs = host.clock.nowMs();
  let firedAtMs = 0;
  host.clock.setTimer(10, () => (firedAtMs = host.clock.monotonicMs()));
  host.clock.stepWall(-3_600_000);
  assert.equal(host.clock.nowMs(), startedAtMs - 3_600_000);
  await host.clock.advance(10);
  assert.equal(firedAtMs, 10);
});
