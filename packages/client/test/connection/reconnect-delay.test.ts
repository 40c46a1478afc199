import assert from "node:assert/strict";
import { test } from "node:test";
import {
  reconnectDelayMs,
  reconnectDelayMsMax,
  reconnectDelayMsMin,
} from "../../src/connection/reconnect-delay.ts";

test("attempts to connect again come ever later, up to a bound, with jitter", () => {
  const gaps: number[] = [];
  for (let downMs = 0; downMs < 60_000; ) {
    const delayMs = reconnectDelayMs(downMs, 0);
    gaps.push(delayMs);
    downMs += delayMs;
  }
  assert.deepEqual(gaps.slice(0, 4), [100, 100, 200, 400]);
  assert.equal(gaps.at(-1), reconnectDelayMsMax);
  assert.equal(reconnectDelayMs(0, 1), reconnectDelayMsMin * 1.4);
});
