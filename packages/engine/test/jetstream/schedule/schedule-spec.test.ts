import assert from "node:assert/strict";
import { test } from "node:test";
import {
  nextTime,
  parseSchedule,
  timeText,
} from "../../../src/jetstream/schedule/schedule-spec.ts";
import { TimeZone } from "../../../src/time/time-zone.ts";

const NOON = Date.UTC(2026, 5, 15, 12);

function next(text: string, zoneName = "", sinceMs = NOON, nowMs = sinceMs): string | undefined {
  const spec = parseSchedule(text, zoneName === "" ? undefined : TimeZone.find(zoneName));
  if (spec === undefined || spec === "none") return spec;
  const atMs = nextTime(spec, sinceMs, nowMs);
  return atMs === undefined ? undefined : timeText(spec, atMs);
}

test("each kind of schedule comes next when it says", () => {
  assert.equal(next(""), "none");
  assert.equal(next("@at 2026-06-15T14:00:00.25+02:00"), "2026-06-15T12:00:00.25Z");
  assert.equal(next("@at 0001-01-01T00:00:00Z"), "none");
  assert.equal(next("@every 1s"), "2026-06-15T12:00:01Z");
  assert.equal(next("@every 1h0.5s"), "2026-06-15T13:00:00.5Z");
  assert.equal(next("@hourly"), "2026-06-15T13:00:00Z");
  assert.equal(next("@daily"), "2026-06-16T00:00:00Z");
  assert.equal(next("@midnight"), "2026-06-16T00:00:00Z");
  assert.equal(next("@weekly"), "2026-06-21T00:00:00Z");
  assert.equal(next("@monthly"), "2026-07-01T00:00:00Z");
  assert.equal(next("@yearly"), "2027-01-01T00:00:00Z");
  assert.equal(next("@annually"), "2027-01-01T00:00:00Z");
  assert.equal(next("*/20 * * * * *"), "2026-06-15T12:00:20Z");
});

test("a zone moves a pattern, and shows in the time", () => {
  assert.equal(next("0 0 9 * * *", "America/New_York"), "2026-06-15T09:00:00-04:00");
  assert.equal(next("@daily", "Asia/Kathmandu"), "2026-06-16T00:00:00+05:45");
  assert.equal(next("@daily", "UTC"), "2026-06-16T00:00:00Z");
});

test("what is no schedule is refused, and zones are for patterns only", () => {
  const texts = [
    "@at",
    "@at soon",
    "@at 2026-06-15 14:00:00Z",
    "@every 999ms",
    "@every",
    "@every day",
    "@every -5s",
    "@reboot",
    "@Hourly",
    "* * * * *",
    "0 0 0 30 2 *",
  ];
  for (const text of texts) assert.equal(next(text), undefined, text);
  assert.equal(next("@at 2026-06-15T14:00:00Z", "UTC"), undefined);
  assert.equal(next("@every 1s", "UTC"), undefined);
});

test("an interval begins at the nearest whole second", () => {
  assert.equal(next("@every 10s", "", NOON + 499), "2026-06-15T12:00:10Z");
  assert.equal(next("@every 10s", "", NOON + 500), "2026-06-15T12:00:11Z");
});

test("what would have fired several times by now comes once, and an instant stays", () => {
  const later = NOON + 3_600_400;
  assert.equal(next("@every 10s", "", NOON, later), "2026-06-15T13:00:10Z");
  assert.equal(next("*/10 * * * * *", "", NOON, later), "2026-06-15T13:00:10Z");
  assert.equal(next("@at 2026-06-15T12:00:05Z", "", NOON, later), "2026-06-15T12:00:05Z");
});

test("zones are those of the IANA database, and no offsets", () => {
  for (const name of ["Europe/Amsterdam", "EST", "Etc/GMT+5", "UTC", "Local", "US/Pacific"]) {
    assert.ok(TimeZone.find(name), name);
  }
  for (const name of ["", "+02:00", "-5", "Mars/Olympus", "../etc/passwd", "x".repeat(1000)]) {
    assert.equal(TimeZone.find(name), undefined, name);
  }
});
