import assert from "node:assert/strict";
import { test } from "node:test";
import { formatGoDuration, parseGoDuration } from "@oxbow/wire/go-text";
import fc from "fast-check";

test("durations are read as Go reads them", () => {
  const valid = {
    "0": 0n,
    "5s": 5_000_000_000n,
    "+5s": 5_000_000_000n,
    "-1.5h": -5_400_000_000_000n,
    "1h2m3s4ms5us6ns": 3_723_004_005_006n,
    "1\u00b5s": 1000n,
    "1\u03bcs": 1000n,
    ".5s": 500_000_000n,
    "5.s": 5_000_000_000n,
    "9223372036854775807ns": 9223372036854775807n,
    "-9223372036854775808ns": -9223372036854775808n,
  };
  for (const [text, ns] of Object.entries(valid)) assert.equal(parseGoDuration(text), ns, text);
});

test("what is no duration is refused", () => {
  const invalid = ["", "5", "s", ".s", "-", "5x", "1 s", "5s ", "constructors", "1d", "1e3s"];
  for (const text of [...invalid, "9223372036854775808ns", "3000000h", "1".repeat(200)]) {
    assert.equal(parseGoDuration(text), undefined, text);
  }
});

test("durations are written as Go writes them", () => {
  const texts = {
    "0s": 0n,
    "1ns": 1n,
    "1.5\u00b5s": 1500n,
    "300ms": 300_000_000n,
    "1.5s": 1_500_000_000n,
    "1m0s": 60_000_000_000n,
    "1h0m0.5s": 3_600_500_000_000n,
    "-2m0s": -120_000_000_000n,
  };
  for (const [text, ns] of Object.entries(texts)) assert.equal(formatGoDuration(ns), text);
});

test("what is written is read back", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (ns) => {
      assert.equal(parseGoDuration(formatGoDuration(ns)), ns);
    }),
  );
});
