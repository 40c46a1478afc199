import assert from "node:assert/strict";
import { test } from "node:test";
import { isTimeZone, parseTimeOfDay, remainingMs } from "../../../src/auth/jwt/daily-range.ts";

const hourMs = 3_600_000;

function hoursLeft(
  at: string,
  ranges: readonly (readonly [string, string])[],
  zone = "UTC",
): number | undefined {
  const list = ranges.map(([start, end]) => ({ start, end }));
  const left = remainingMs(list, zone, Date.parse(at));
  return left === undefined ? undefined : left / hourMs;
}

test("a range holds between its start and its end, and says how long it still does", () => {
  const office = [["09:00:00", "17:00:00"]] as const;
  assert.equal(hoursLeft("2026-03-04T14:30:00Z", office), 2.5);
  assert.equal(hoursLeft("2026-03-04T08:00:00Z", office), undefined);
  assert.equal(hoursLeft("2026-03-04T18:00:00Z", office), undefined);
});

test("a range may go over midnight", () => {
  const night = [["22:00:00", "06:00:00"]] as const;
  assert.equal(hoursLeft("2026-03-04T23:30:00Z", night), 6.5);
  assert.equal(hoursLeft("2026-03-04T05:00:00Z", night), 1);
  assert.equal(hoursLeft("2026-03-04T21:00:00Z", night), undefined);
  assert.equal(hoursLeft("2026-03-04T07:00:00Z", night), undefined);
});

test("of ranges that overlap the longest counts, in whatever order they are", () => {
  const first = ["22:00:00", "06:00:00"] as const;
  const second = ["00:00:00", "08:00:00"] as const;
  assert.equal(hoursLeft("2026-03-04T01:00:00Z", [first, second]), 7);
  assert.equal(hoursLeft("2026-03-04T01:00:00Z", [second, first]), 7);
});

test("times are those of the user's zone, summer time included", () => {
  const office = [["09:00:00", "17:00:00"]] as const;
  assert.equal(hoursLeft("2026-01-15T08:30:00Z", office, "Europe/Berlin"), 7.5);
  assert.equal(hoursLeft("2026-07-15T07:30:00Z", office, "Europe/Berlin"), 7.5);
  assert.equal(hoursLeft("2026-01-15T08:30:00Z", office, "America/New_York"), undefined);
  // In this night the clocks in Berlin go from 2 to 3: it has an hour less.
  const night = [["22:00:00", "06:00:00"]] as const;
  assert.equal(hoursLeft("2026-03-28T22:00:00Z", night, "Europe/Berlin"), 6);
});

test("times and zones that are none are not taken", () => {
  for (const bad of ["", "24:00:00", "12:60:00", "12:00", "1:2:3", "12:00:00Z", "noon"]) {
    assert.equal(parseTimeOfDay(bad), undefined, bad);
    assert.equal(hoursLeft("2026-03-04T12:00:00Z", [["00:00:00", bad]]), undefined, bad);
  }
  assert.equal(parseTimeOfDay("9:00:01"), 9 * hourMs + 1_000);
  assert.ok(isTimeZone("Asia/Kolkata"));
  for (const bad of ["Mars/Olympus", "+01:00", "../etc/passwd", "Europe/Berlin\n"]) {
    assert.equal(isTimeZone(bad), false, bad);
    assert.equal(hoursLeft("2026-03-04T12:00:00Z", [["00:00:00", "23:00:00"]], bad), undefined);
  }
});
