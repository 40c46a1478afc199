import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import {
  formatDurationMs,
  formatSizeBytes,
  nearestWord,
  parseDurationMs,
  parseSizeBytes,
} from "../../src/units/index.ts";

suite("durations", () => {
  const cases: readonly (readonly [text: string, durationMs: number | undefined])[] = [
    ["0", 0],
    ["0s", 0],
    ["500ms", 500],
    ["10s", 10_000],
    ["1m30s", 90_000],
    ["1.5h", 5_400_000],
    ["7d", 604_800_000],
    ["250us", 0.25],
    ["", undefined],
    ["10", undefined],
    ["s", undefined],
    ["1 s", undefined],
    ["-1s", undefined],
    ["1m30", undefined],
  ];
  for (const [text, durationMs] of cases) {
    test(`reads ${JSON.stringify(text)}`, () => assert.equal(parseDurationMs(text), durationMs));
  }

  test("are shown with the units that matter", () => {
    assert.deepEqual(
      [0, 0.25, 1.256, 36.54, 2500, 60_000, 90_000, 3_600_000, 90_061_000].map(formatDurationMs),
      ["0s", "250us", "1.26ms", "36.5ms", "2.5s", "1m", "1m30s", "1h", "1d1h"],
    );
  });

  test("whole seconds below a minute, and whole minutes below an hour, survive a round trip", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3599 }), (seconds) => {
        assert.equal(parseDurationMs(formatDurationMs(seconds * 1000)), seconds * 1000);
      }),
    );
  });
});

suite("sizes", () => {
  const cases: readonly (readonly [text: string, bytes: number | undefined])[] = [
    ["0", 0],
    ["512", 512],
    ["2k", 2000],
    ["2KB", 2048],
    ["1MiB", 1_048_576],
    ["1.5 KiB", 1536],
    ["1g", 1_000_000_000],
    ["", undefined],
    ["k", undefined],
    ["-1", undefined],
    ["1x", undefined],
    ["0.3", undefined],
    ["99999999tb", undefined],
  ];
  for (const [text, bytes] of cases) {
    test(`reads ${JSON.stringify(text)}`, () => assert.equal(parseSizeBytes(text), bytes));
  }

  test("are shown in the unit that fits", () => {
    assert.deepEqual([0, 1023, 1024, 1536, 10 * 1024 ** 2, 3 * 1024 ** 4].map(formatSizeBytes), [
      "0 B",
      "1023 B",
      "1 KiB",
      "1.5 KiB",
      "10 MiB",
      "3 TiB",
    ]);
  });
});

suite("the nearest word", () => {
  const words = ["port", "host", "max_payload", "max_pending", "jetstream"];
  const cases: readonly (readonly [word: string, nearest: string | undefined])[] = [
    ["prot", "port"],
    ["PORT", "port"],
    ["hots", "host"],
    ["max_payloads", "max_payload"],
    ["maxpayload", "max_payload"],
    ["jetsream", "jetstream"],
    ["xyz", undefined],
    ["", undefined],
  ];
  for (const [word, nearest] of cases) {
    test(`to ${JSON.stringify(word)}`, () => assert.equal(nearestWord(word, words), nearest));
  }
});
