import assert from "node:assert/strict";
import { test } from "node:test";
import { goQuote } from "@oxbow/wire/go-text";
import fc from "fast-check";
import { explainTimestamp, formatTimestamp, parseTimestamp } from "../../src/time/timestamp.ts";

test("instants come back as they were written, without zeros that say nothing", () => {
  const texts = {
    "2026-11-20T14:12:43.913237284Z": "2026-11-20T14:12:43.913237284Z",
    "2020-01-01T00:00:00.1200+05:30": "2020-01-01T00:00:00.12+05:30",
    "2020-01-01T00:00:00-00:30": "2020-01-01T00:00:00-00:30",
    "2020-01-01T00:00:00+00:00": "2020-01-01T00:00:00Z",
    "2020-01-01T5:00:00,5Z": "2020-01-01T05:00:00.5Z",
    "0001-01-01T00:00:00Z": "0001-01-01T00:00:00Z",
    "2020-02-29T23:59:59.0000000019Z": "2020-02-29T23:59:59.000000001Z",
  };
  for (const [text, expected] of Object.entries(texts)) {
    const instant = parseTimestamp(text);
    assert.ok(instant, text);
    assert.equal(formatTimestamp(instant.seconds, instant.nanos, instant.offsetMinutes), expected);
  }
});

test("a zone moves the instant", () => {
  assert.deepEqual(parseTimestamp("1970-01-01T01:00:00.5+01:00"), {
    seconds: 0,
    nanos: 500_000_000,
    offsetMinutes: 60,
  });
  assert.equal(parseTimestamp("1969-12-31T23:30:00-00:30")?.seconds, 0);
});

test("any instant survives", () => {
  const years = { min: Date.UTC(1, 0) / 1000, max: Date.UTC(9999, 0) / 1000 };
  fc.assert(
    fc.property(
      fc.integer(years),
      fc.nat(999_999_999),
      fc.integer({ min: -720, max: 720 }),
      (seconds, nanos, offsetMinutes) => {
        const text = formatTimestamp(seconds, nanos, offsetMinutes);
        assert.deepEqual(parseTimestamp(text), { seconds, nanos, offsetMinutes }, text);
      },
    ),
  );
});

test("what is no instant is explained", () => {
  for (const text of [
    "abc",
    "2021-02-29T00:00:00Z",
    "2020-13-01T00:00:00Z",
    "2020-01-01T00:00:60Z",
  ]) {
    assert.equal(parseTimestamp(text), undefined, text);
  }
  assert.equal(
    explainTimestamp("abc"),
    'parsing time "abc" as "2006-01-02T15:04:05Z07:00": cannot parse "abc" as "2006"',
  );
  assert.equal(
    explainTimestamp("2021-02-29T00:00:00Z"),
    'parsing time "2021-02-29T00:00:00Z": day out of range',
  );
});

test("text is quoted as Go quotes it", () => {
  assert.equal(
    goQuote('a"\\\n\t\u0001\u007f\u00e9\u00ad\u{e0001}'),
    '"a\\"\\\\\\n\\t\\x01\\x7f\u00e9\\u00ad\\U000e0001"',
  );
});
