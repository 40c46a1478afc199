import assert from "node:assert/strict";
import { test } from "node:test";
import { NodeClock } from "../src/node-clock.ts";

/** A clock over two sources that the test sets. */
function steppable(): { clock: NodeClock; source: { system: number; monotonic: number } } {
  const source = { system: 1_000_000, monotonic: 5 };
  const clock = new NodeClock(
    () => Math.floor(source.system),
    () => source.monotonic,
  );
  return { clock, source };
}

test("the wall clock agrees with the system's to the millisecond and has a fraction", () => {
  const clock = new NodeClock();
  let hasFraction = false;
  for (let i = 0; i < 1000; i += 1) {
    const before = Date.now();
    const now = clock.nowMs();
    assert.ok(now >= before - 1 && now < Date.now() + 2, `${now} is not near ${before}`);
    hasFraction ||= now % 1 !== 0;
  }
  assert.ok(hasFraction);
});

test("a fraction of a millisecond comes from the monotonic clock", () => {
  const { clock, source } = steppable();
  source.monotonic += 0.25;
  assert.equal(clock.nowMs(), 1_000_000.25);
});

test("a step of the system clock is followed, forwards and backwards", () => {
  const { clock, source } = steppable();
  for (const step of [3_600_000, -7_200_000]) {
    source.system += step + 25;
    source.monotonic += 25;
    const now = clock.nowMs();
    assert.ok(Math.abs(now - source.system) <= 1, `${now} against ${source.system}`);
  }
});

test("a monotonic clock that runs 1 % off makes no drift", () => {
  const { clock, source } = steppable();
  for (let i = 0; i < 10_000; i += 1) {
    source.system += 10;
    source.monotonic += 10.1;
    const now = clock.nowMs();
    assert.ok(Math.abs(now - source.system) <= 1.3, `${now} against ${source.system}`);
  }
});

test("timers all fire, and never early", async () => {
  const clock = new NodeClock();
  const fired: number[] = [];
  const start = clock.monotonicMs();
  const delays = [7.5, 3, 0.5, 0];
  const keepAlive = setInterval(() => {}, 1000);
  await new Promise<void>((resolve) => {
    for (const delay of delays) {
      clock.setTimer(delay, () => {
        assert.ok(clock.monotonicMs() - start >= delay);
        fired.push(delay);
        if (fired.length === 4) resolve();
      });
    }
  });
  clearInterval(keepAlive);
  // In which order is not promised: when the process was held up, several are due at once.
  assert.deepEqual(
    fired.sort((a, b) => b - a),
    delays,
  );
});

test("a timer longer than setTimeout can take does not fire at once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const source = { monotonic: 0 };
  const clock = new NodeClock(Date.now, () => source.monotonic);
  const delayMs = 2 ** 31 + 1000;
  let fired = 0;
  clock.setTimer(delayMs, () => (fired += 1));
  source.monotonic = 2 ** 31 - 1;
  t.mock.timers.tick(2 ** 31 - 1);
  assert.equal(fired, 0);
  source.monotonic = delayMs;
  t.mock.timers.tick(1001);
  assert.equal(fired, 1);
});

test("a cancelled timer does not fire, and cancelling twice is harmless", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const clock = new NodeClock();
  const timer = clock.setTimer(10, () => assert.fail("fired"));
  timer.cancel();
  timer.cancel();
  t.mock.timers.tick(1000);
});

test("afterTurn runs in the order of the calls, after the microtasks", async () => {
  const clock = new NodeClock();
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    clock.afterTurn(() => order.push("first"));
    clock.afterTurn(() => {
      order.push("second");
      resolve();
    });
    queueMicrotask(() => order.push("microtask"));
  });
  assert.deepEqual(order, ["microtask", "first", "second"]);
});
