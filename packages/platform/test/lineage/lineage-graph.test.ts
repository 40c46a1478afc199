import assert from "node:assert/strict";
import { test } from "node:test";
import type { Consumer, Producer } from "oxbow/control";
import type { Group } from "oxbow/internal";
import { type LineageFacts, meet } from "../../src/lineage/lineage-facts.ts";
import { lineageGraph } from "../../src/lineage/lineage-graph.ts";

const entry = (name: string, more: object = {}): LineageFacts["shown"][number] =>
  ({
    station: { name, messages: 3, settings: { deadLetterStation: null, ...more } },
    messagesPerSecond: 2,
  }) as unknown as LineageFacts["shown"][number];
const nothing: LineageFacts = {
  ...{ shown: [], pairs: [], producers: [], consumers: [], deadLetters: [], groups: [] },
  ...{ ingests: [], ties: [], stationOfStream: new Map(), stationsCount: 0 },
};
const producer = (id: string, rate: number | null): Producer =>
  ({ id, name: id, station: "a", isConnected: true, messagesPerSecond: rate }) as Producer;
const consumer = (id: string, rate: number | null): Consumer =>
  ({ ...producer(id, rate), group: "g" }) as Consumer;

test("messages go from who produces them to stations, groups, members and dead letters", () => {
  const graph = lineageGraph({
    ...nothing,
    shown: [entry("a", { deadLetterStation: "graves" }), entry("b"), entry("graves")],
    producers: [producer("p", 5)],
    consumers: [consumer("c1", 1), consumer("c2", null), consumer("c3", 4)],
    groups: [{ name: "g", station: "a", waiting: 7 } as Group],
    ingests: [{ name: "hook", station: "a" } as LineageFacts["ingests"][number]],
    deadLetters: [{ station: "a", count: 2 }],
    pairs: [
      { from: "a", to: "b" },
      { from: "a", to: "not shown" },
    ],
    ties: [
      { fromStream: "A", toStream: "B", way: "mirrors" },
      { fromStream: "A", toStream: "ELSEWHERE", way: "sources" },
    ],
    stationOfStream: new Map([
      ["A", "a"],
      ["B", "b"],
    ]),
    stationsCount: 4,
  });
  assert.deepEqual(
    graph.edges.map(({ from, to, way, messagesPerSecond }) => [from, way, to, messagesPerSecond]),
    [
      ["producer:p", "produces", "station:a", 5],
      ["ingest:a/hook", "produces", "station:a", null],
      ["station:a", "consumes", "group:a/g", 5],
      ["group:a/g", "delivers", "consumer:c3", 4],
      ["group:a/g", "delivers", "consumer:c1", 1],
      ["group:a/g", "delivers", "consumer:c2", null],
      ["station:a", "gives up", "dead:a", null],
      ["dead:a", "gives up", "station:graves", null],
      ["station:a", "derives", "station:b", null],
      ["station:a", "mirrors", "station:b", 2],
    ],
  );
  const ids = new Set(graph.nodes.map(({ id }) => id));
  assert.ok(graph.edges.every(({ from, to }) => ids.has(from) && ids.has(to)));
  assert.equal(graph.nodes.find(({ kind }) => kind === "group")?.messages, 7);
  assert.deepEqual(graph.gaps, ["1 of 4 stations are left out"]);
});

test("of many producers the busiest are there, and it is said that there are others", () => {
  const producers = Array.from({ length: 30 }, (_, index) => producer(`p${index}`, index));
  const graph = lineageGraph({ ...nothing, shown: [entry("a")], producers, stationsCount: 1 });
  assert.equal(graph.edges.length, 12);
  assert.ok(graph.edges.some(({ from }) => from === "producer:p29"));
  assert.deepEqual(graph.gaps, ["of 30 producers of station a, 12 are here"]);
});

test("two patterns meet where a subject can match both", () => {
  for (const [one, other, isSo] of [
    ["a.b", "a.b", true],
    ["a.b", "a.*", true],
    ["a.>", "a.b.c", true],
    ["a.>", "*.b", true],
    ["a", "a.>", false],
    ["a.b", "a.c", false],
    ["a.*", "a.b.c", false],
    [">", "x", true],
  ] as const) {
    assert.equal(meet(one, other), isSo, `${one} ${other}`);
    assert.equal(meet(other, one), isSo, `${other} ${one}`);
  }
});
