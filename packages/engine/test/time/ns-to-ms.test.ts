import assert from "node:assert/strict";
import { test } from "node:test";
import { instantMs, nsToInstantMs, nsToMs } from "../../src/time/ns-to-ms.ts";

test("milliseconds keep the fraction", () => {
  assert.equal(nsToMs(1_500_001n), 1.500001);
});

test("an instant stays in its millisecond, and comes back as what it was read as", () => {
  for (const nanos of [
    0n,
    1n,
    489_990_234n,
    489_999_878n,
    489_999_999n,
    999_999_999n,
    490_000_000n,
  ]) {
    const ns = 1_763_747_651_000_000_000n + nanos;
    const ms = nsToInstantMs(ns);
    assert.equal(instantMs(1_763_747_651, Number(nanos)), ms);
    assert.equal(Math.floor(ms), Number(ns / 1_000_000n), `${ns}`);
    assert.ok(Math.abs((ms - Math.floor(ms)) * 1e6 - Number(ns % 1_000_000n)) <= 245, `${ns}`);
    // As a record keeps it: seconds, and nanoseconds cut off.
    const kept = BigInt(Math.floor((ms - 1_763_747_651_000) * 1e6));
    assert.equal(nsToInstantMs(1_763_747_651_000_000_000n + kept), ms);
  }
});
