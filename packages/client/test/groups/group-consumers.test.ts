import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConsumerConfig } from "@nats-io/jetstream";
import {
  beginningOf,
  begun,
  consumerOf,
  filterSubjectsOf,
  groupOfConsumer,
  groupSettingsOf,
  planned,
  planOf,
} from "../../src/groups/group-consumers.ts";
import { consumerName, consumerNames, groupName } from "../../src/groups/group-name.ts";
import { type GroupRequest, readGroupSettings } from "../../src/groups/group-settings.ts";

const origin = { stream: "s$2", isManaged: true };
const config = (request: GroupRequest, beginsAt?: number): ConsumerConfig =>
  consumerOf("a.b", readGroupSettings(request), origin, beginsAt) as ConsumerConfig;

test("settings come back from the consumer they are in", () => {
  const requests: GroupRequest[] = [
    {},
    { keys: ["a"], maxDeliveries: null, maxInFlight: null },
    { keys: ["a", "b.>"], backoffMs: [5, 10], description: "d" },
    { start: { from: "last", messages: 3 } },
    { start: { from: "lastPerKey" } },
    { orderedByKey: true, maxInFlight: 1 },
    { tracePercent: 25 },
    { start: { from: "time", time: "2026-01-01T00:00:00Z" } },
  ];
  for (const request of requests) {
    const settings = readGroupSettings(request);
    for (const from of [origin, { ...origin, isManaged: false }]) {
      const consumer = consumerOf("g", settings, from, 7) as ConsumerConfig;
      assert.deepEqual(groupSettingsOf(consumer, from), settings);
    }
  }
});

test("a consumer waits for its beginning, then says no more of it", () => {
  const waiting = config({ keys: ["x"] }, 7);
  assert.equal(waiting.durable_name, "a#b");
  assert.equal(groupOfConsumer(waiting), "a.b");
  assert.ok(waiting.pause_until);
  assert.equal(beginningOf(waiting), 7);
  const going = { ...waiting, ...begun(waiting) };
  assert.equal(beginningOf(going), undefined);
  assert.equal(groupOfConsumer(going), "a.b");
  assert.equal(config({}).pause_until, undefined);
});

test("filters are whole subjects, and the last per key has one that lets everything through", () => {
  assert.deepEqual(filterSubjectsOf(config({ keys: ["x"] })), ["s$2.x"]);
  assert.deepEqual(filterSubjectsOf(config({ keys: ["y", "x"] })), ["s$2.x", "s$2.y"]);
  const all = config({ start: { from: "lastPerKey" } });
  assert.equal(all.filter_subject, ">");
  assert.deepEqual(filterSubjectsOf(all), []);
});

test("a rewind is written down and taken out again", () => {
  const plan = { to: { from: "now" }, sequences: { 1: 5, 2: 7 } } as const;
  const noted = { ...config({}), ...planned(config({}), plan) };
  assert.deepEqual(planOf(noted), plan);
  assert.equal(planOf({ ...noted, ...planned(noted, undefined) }), undefined);
  for (const text of ["", "{", "{}", "null"]) {
    assert.equal(planOf({ ...noted, metadata: { "oxbow.rewind": text } }), undefined);
  }
});

test("names of groups are those of stations, and plain ones are found, too", () => {
  assert.equal(consumerName(groupName("A.b")), "a#b");
  assert.deepEqual(consumerNames("A.b"), ["a#b"]);
  assert.deepEqual(consumerNames("Ab"), ["Ab", "ab"]);
  assert.deepEqual(consumerNames("a$b"), ["a$b"]);
  for (const name of ["a b", "", "*", "x".repeat(256), "a.>"]) {
    assert.throws(() => consumerNames(name), { code: "GROUP_INVALID" }, name);
  }
});
