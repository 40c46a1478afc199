import assert from "node:assert/strict";
import { test } from "node:test";
import type { GroupPartitionMetrics, PartitionMetrics, StationMetrics } from "oxbow/control";
import { attentionTo } from "../../src/history/attention.ts";

const partition: PartitionMetrics = {
  ...{ number: 1, messages: 10, bytes: 1_000, storedMessages: 10, storedBytes: 1_000 },
  ...{ messagesMax: null, bytesMax: null },
};
const part: GroupPartitionMetrics = {
  ...{ number: 1, delivered: 10, deliveredBytes: 1_000, acknowledged: 10, waiting: 0 },
  ...{ inFlight: 0, inFlightMax: 100, redelivered: 0, lagMs: 0 },
};

function station(
  name: string,
  parts: readonly Partial<GroupPartitionMetrics>[],
  more: Partial<PartitionMetrics> = {},
): StationMetrics {
  const partitions = parts.map((each) => ({ ...part, ...each }));
  return {
    station: name,
    deadLetters: 0,
    partitions: [{ ...partition, ...more }],
    groups: [{ group: "billing", partitions }],
  };
}

const kindsOf = (...stations: readonly StationMetrics[]): unknown[] =>
  attentionTo(stations).map(({ kind, station: name, count, ageMs }) => [kind, name, count, ageMs]);

test("what is well needs no attention, nor does what only has messages", () => {
  assert.deepEqual(kindsOf(station("a", [{ waiting: 5, lagMs: 59_000 }])), []);
  assert.deepEqual(kindsOf(station("a", [{ waiting: 5, lagMs: null }])), []);
  assert.deepEqual(kindsOf(station("a", [{ inFlight: 5, inFlightMax: 0 }])), []);
});

test("groups that are stuck come before those that are behind, the oldest first", () => {
  const behind = station("a", [
    { waiting: 5, lagMs: 61_000 },
    { number: 2, waiting: 1, lagMs: 1 },
  ]);
  const older = station("b", [{ waiting: 1, inFlight: 1, lagMs: 900_000 }]);
  const stuck = station("c", [{ inFlight: 100, lagMs: 5 }]);
  assert.deepEqual(kindsOf(behind, older, stuck), [
    ["groupStuck", "c", 100, 5],
    ["groupBehind", "b", 2, 900_000],
    ["groupBehind", "a", 6, 61_000],
  ]);
});

test("a station is told of once it has nine tenths of what it may have", () => {
  assert.deepEqual(kindsOf(station("a", [], { messagesMax: 12 })), []);
  assert.deepEqual(kindsOf(station("a", [], { messagesMax: 11 })), [
    ["stationFull", "a", 90, null],
  ]);
  assert.deepEqual(kindsOf(station("a", [], { bytesMax: 1_000 })), [
    ["stationFull", "a", 100, null],
  ]);
});

test("it never tells more than fifty things", () => {
  const all = Array.from({ length: 80 }, (_, n) =>
    station(`s${n}`, [{ waiting: 1, lagMs: 70_000 }]),
  );
  assert.equal(attentionTo(all).length, 50);
});
