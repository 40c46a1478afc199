import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock, Timer } from "@oxbow/base";
import { durationMs } from "@oxbow/testing";
import { AdvancingClock } from "../src/advancing-clock.ts";

/** A real clock that stands still unless it is told: its timers fire when it passes them. */
class StandingClock implements Clock {
  ms = 0;
  readonly #timers = new Map<object, { readonly atMs: number; readonly fire: () => void }>();

  nowMs(): number {
    return 1_000_000 + this.ms;
  }

  monotonicMs(): number {
    return this.ms;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const timer = { cancel: () => void this.#timers.delete(timer) };
    this.#timers.set(timer, { atMs: this.ms + delayMs, fire });
    return timer;
  }

  afterTurn(run: () => void): void {
    setImmediate(run);
  }

  pass(ms: number): void {
    this.ms += ms;
    for (const [timer, { atMs, fire }] of [...this.#timers]) {
      if (atMs > this.ms || !this.#timers.delete(timer)) continue;
      fire();
    }
  }
}

test("what is due happens in order, each at its own time, and what it sets in turn, too", async () => {
  const clock = new AdvancingClock(new StandingClock());
  const seen: (readonly [string, number])[] = [];
  const note = (name: string) => () => void seen.push([name, clock.monotonicMs()]);
  clock.setTimer(2_000, note("second"));
  clock.setTimer(1_000, () => {
    note("first")();
    clock.setTimer(500, note("between"));
  });
  const cancelled = clock.setTimer(1_200, note("never"));
  cancelled.cancel();
  clock.setTimer(2_000, note("third"));
  clock.setTimer(9_000, note("later"));
  await clock.advance(3_000);
  assert.deepEqual(seen, [
    ["first", 1_000],
    ["between", 1_500],
    ["second", 2_000],
    ["third", 2_000],
  ]);
  assert.equal(clock.nowMs(), 1_003_000);
});

test("it goes with the real clock, too", async () => {
  const real = new StandingClock();
  const clock = new AdvancingClock(real);
  let fired = 0;
  clock.setTimer(100, () => fired++);
  await clock.advance(60);
  real.pass(39);
  assert.equal(fired, 0);
  real.pass(1);
  assert.equal(fired, 1);
  assert.equal(clock.monotonicMs(), 100);
});

test("time spans have a unit, or are milliseconds", () => {
  assert.deepEqual(
    ["31s", "5m", "1.5h", "2d", "7ms", 12].map((each) => durationMs(each as "1s")),
    [31_000, 300_000, 5_400_000, 172_800_000, 7, 12],
  );
  for (const wrong of ["31", "s", "-1s", -1, Number.NaN, "1 s"]) {
    assert.throws(() => durationMs(wrong as "1s"), /no time span/);
  }
});
