import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "@oxbow/testkit";
import { TurnClock } from "../../src/jetstream/turn-clock.ts";

test("goes on by microseconds within a turn, and follows the clock in the next", async () => {
  const { world, host } = simulate(1);
  const clock = new TurnClock(host.clock);
  await world.play(async () => {
    const first = clock.nowMs();
    assert.equal(first, host.clock.nowMs());
    host.clock.stepWall(50);
    const second = clock.nowMs();
    assert.ok(second > first && second - first < 0.01, `${second - first} ms`);
    await new Promise<void>((resolve) => host.clock.afterTurn(resolve));
    assert.equal(clock.nowMs(), host.clock.nowMs());
  });
});

test("says when the turn was first asked about, however often it is", async () => {
  const { world, host } = simulate(1);
  const clock = new TurnClock(host.clock);
  await world.play(async () => {
    const first = host.clock.nowMs();
    assert.equal(clock.nowMs(), first);
    clock.nowMs();
    assert.equal(clock.turnMs, first);
    host.clock.stepWall(50);
    assert.equal(clock.turnMs, first);
    await new Promise<void>((resolve) => host.clock.afterTurn(resolve));
    assert.equal(clock.turnMs, host.clock.nowMs());
  });
});
