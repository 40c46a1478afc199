import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ageMs,
  countOrNone,
  durations,
  limit,
  list,
  place,
  start,
} from "../../src/platform/values.ts";

test("places are written in one word", () => {
  assert.deepEqual(place("beginning"), { from: "beginning" });
  assert.deepEqual(place("now"), { from: "now" });
  assert.deepEqual(place("last:100"), { from: "last", messages: 100 });
  assert.deepEqual(place("sequence:5"), { from: "sequence", sequence: 5 });
  assert.deepEqual(place("2026-11-20T12:00:00+01:00"), {
    from: "time",
    time: "2026-11-20T11:00:00.000Z",
  });
  assert.deepEqual(start("last-per-key"), { from: "lastPerKey" });
  for (const text of ["", "end", "last:0", "sequence:x", "last-per-key", "2026"]) {
    assert.throws(() => place(text), /Write beginning, now, last:100/, text);
  }
});

test("what has no limit is written in a word, too", () => {
  assert.equal(limit(countOrNone("none")), null);
  assert.equal(limit(undefined), undefined);
  assert.equal(countOrNone("5"), 5);
  assert.throws(() => countOrNone("0"), /whole number/);
  assert.equal(ageMs("forever"), 0);
  assert.equal(ageMs("1m"), 60_000);
  assert.deepEqual(list("none"), []);
  assert.deepEqual(list("a, b"), ["a", "b"]);
  assert.deepEqual(durations("1s,1m"), [1_000, 60_000]);
});
