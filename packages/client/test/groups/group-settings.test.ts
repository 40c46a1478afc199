import assert from "node:assert/strict";
import { test } from "node:test";
import {
  changeGroupSettings,
  type GroupRequest,
  readGroupSettings,
  readPlace,
} from "../../src/groups/group-settings.ts";
import { type Place, placeText } from "../../src/groups/place.ts";

const invalid = (message: RegExp) => ({ code: "GROUP_INVALID", message });

test("settings have defaults, and keys are in order and once", () => {
  const settings = readGroupSettings({ keys: ["b", "a", "b"] });
  assert.deepEqual(settings.keys, ["a", "b"]);
  assert.deepEqual(settings.start, { from: "beginning" });
  assert.equal(settings.maxDeliveries, 10);
});

test("keys are tokens with wildcards", () => {
  for (const key of ["a", "*", ">", "a.>", "*.b", "a$1.ü"]) {
    assert.deepEqual(readGroupSettings({ keys: [key] }).keys, [key]);
  }
  for (const key of ["", ".", "a.", ".a", ">.a", "a.>.b", "a b", "a>"]) {
    assert.throws(() => readGroupSettings({ keys: [key] }), invalid(/^keys\.0: /), key);
  }
});

test("a back-off begins with the max ack time, and needs its deliveries", () => {
  assert.equal(readGroupSettings({ backoffMs: [7, 9] }).maxAckTimeMs, 7);
  assert.equal(readGroupSettings({ backoffMs: [7], maxAckTimeMs: 7 }).maxAckTimeMs, 7);
  const twice = { backoffMs: [7], maxAckTimeMs: 8 };
  assert.throws(() => readGroupSettings(twice), invalid(/first of these, 7: leave it out/));
  const few = { backoffMs: [7, 8], maxDeliveries: 1 };
  assert.throws(() => readGroupSettings(few), invalid(/2 times to wait .* maxDeliveries is 1/));
  assert.equal(readGroupSettings({ ...few, maxDeliveries: null }).maxDeliveries, null);
});

test("changing a back-off changes the max ack time with it", () => {
  const settings = readGroupSettings({ backoffMs: [7, 9] });
  assert.equal(changeGroupSettings(settings, { backoffMs: [1] }).maxAckTimeMs, 1);
  assert.equal(changeGroupSettings(settings, { backoffMs: [] }).maxAckTimeMs, 7);
  assert.equal(changeGroupSettings(settings, { description: "d" }).maxAckTimeMs, 7);
  assert.throws(() => changeGroupSettings(settings, { maxAckTimeMs: 8 }), invalid(/leave it out/));
  const start = { start: { from: "now" } } as object;
  assert.throws(() => changeGroupSettings(settings, start), { code: "GROUP_FIXED" });
});

test("a group is ordered by key from the start, with a limit of what is in flight", () => {
  const settings = readGroupSettings({ orderedByKey: true });
  assert.equal(settings.maxInFlight, 1_000);
  const unbounded = { maxInFlight: null };
  const both = { orderedByKey: true, ...unbounded };
  assert.throws(() => readGroupSettings(both), invalid(/give a number/));
  assert.throws(() => changeGroupSettings(settings, unbounded), invalid(/give a number/));
  const change = { orderedByKey: true } as object;
  assert.throws(() => changeGroupSettings(settings, change), { code: "GROUP_FIXED" });
});

test("places have times as text, and are named", () => {
  const texts = (
    [
      { from: "beginning" },
      { from: "now" },
      { from: "sequence", sequence: 5 },
      { from: "time", time: new Date(0) },
      { from: "time", time: "1970-01-01T01:00:00+01:00" },
      { from: "last", messages: 3 },
    ] satisfies Place[]
  ).map((place) => placeText(readPlace(place)));
  assert.deepEqual(texts, [
    "the beginning",
    "the end",
    "sequence 5",
    "1970-01-01T00:00:00.000Z",
    "1970-01-01T00:00:00.000Z",
    "the last 3",
  ]);
});

test("what no setting or place can be is refused", () => {
  const refused: [object, RegExp][] = [
    [{ maxInFlight: 0 }, /^maxInFlight: /],
    [{ maxAckTimeMs: 1.5 }, /^maxAckTimeMs: /],
    [{ ordered: true, x: 1 }, /no setting ordered, x/],
    [{ start: { from: "nowhere" } }, /^start/],
    [{ start: { from: "last", messages: 0 } }, /^start.messages: /],
    [{ start: { from: "now", sequence: 1 } }, /no setting start.sequence/],
  ];
  for (const [request, message] of refused) {
    assert.throws(() => readGroupSettings(request as GroupRequest), invalid(message));
  }
  const lastPerKey = { from: "lastPerKey" } as unknown as Place;
  assert.throws(() => readPlace(lastPerKey), { code: "GROUP_INVALID" });
  assert.throws(() => readPlace({ from: "time", time: "yesterday" }), invalid(/^time: /));
});
