import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bar, judge } from "../bars.ts";
import type { CaseResult, Measurement, Results } from "../measurement.ts";

function result(name: string, values: Record<string, Partial<Measurement>[]>): CaseResult {
  const runs = Object.entries(values).flatMap(([column, measurements]) =>
    measurements.map((measurement, i) => ({
      column,
      round: i + 1,
      measurement: { rssBytes: 0, rssBytesMax: 0, ...measurement },
    })),
  );
  return { name, title: name, group: "rate", runs, countingRuns: [] };
}

function results(servers: readonly string[], cases: readonly CaseResult[]): Results {
  return {
    startedAt: "2026-01-01T00:00:00.000Z",
    durationMs: 1,
    command: "npm run bench",
    machine: {
      cpuModel: "",
      cpuCount: 1,
      memoryBytes: 1,
      kernel: "",
      fileSystem: "",
      node: "",
    },
    columns: servers.map((server) => ({ id: server, server, description: "", version: "" })),
    rounds: 3,
    secondsMeasured: 1,
    secondsWarmup: 1,
    isPinned: false,
    notes: [],
    cases,
  };
}

const rates = (...values: number[]): Partial<Measurement>[] => values.map((rate) => ({ rate }));

test("a bar against a peer is judged by the median of the ratios, not by the ratio of the medians", () => {
  const bar: Bar = { type: "peer-ratio", caseName: "c", peer: "nats", min: 2 };
  const measured = result("c", { oxbow: rates(10, 100, 30), nats: rates(5, 25, 30) });
  const [verdict] = judge(results(["oxbow", "nats"], [measured]), [bar]);
  assert.deepEqual(verdict?.summary, { count: 3, median: 2, min: 1, max: 4 });
  assert.equal(verdict?.isMet, true);
});

test("a bar is not met just below its demand", () => {
  const bar: Bar = { type: "peer-ratio", caseName: "c", peer: "nats", min: 2 };
  const measured = result("c", { oxbow: rates(19.9), nats: rates(10) });
  assert.equal(judge(results(["oxbow", "nats"], [measured]), [bar])[0]?.isMet, false);
});

test("a bar of CPU compares what a message takes in two cases round by round", () => {
  const cpu = (...values: number[]): Partial<Measurement>[] =>
    values.map((cpuSecondsPerMillion) => ({ cpuSecondsPerMillion }));
  const bar: Bar = { type: "cpu-difference", caseName: "all", baseCaseName: "base", endUs: 3 };
  const verdictOf = (...all: number[]) =>
    judge(results(["oxbow"], [result("all", { oxbow: cpu(...all) }), base]), [bar])[0];
  const base = result("base", { oxbow: cpu(1, 2, 3) });
  assert.deepEqual(verdictOf(3, 4.5, 5)?.summary, { count: 3, median: 2, min: 2, max: 2.5 });
  assert.equal(verdictOf(3, 4.5, 5)?.isMet, true);
  assert.equal(verdictOf(4, 5, 6)?.isMet, false);
});

test("a bar against the server's own rate compares two cases round by round", () => {
  const bar: Bar = { type: "own-ratio", caseName: "many", baseCaseName: "one", min: 0.5 };
  const cases = [result("many", { oxbow: rates(5, 6) }), result("one", { oxbow: rates(10, 10) })];
  assert.equal(judge(results(["oxbow"], cases), [bar])[0]?.isMet, true);
});

test("a bar of a rate is met by the median that reaches it", () => {
  const bar: Bar = { type: "own-rate", caseName: "http", min: 15 };
  const verdictOf = (...all: number[]) =>
    judge(results(["oxbow"], [result("http", { oxbow: rates(...all) })]), [bar])[0];
  assert.equal(verdictOf(1, 15, 20)?.isMet, true);
  assert.equal(verdictOf(1, 14, 20)?.isMet, false);
});

test("a limit is not met when the median reaches it", () => {
  const bar: Bar = { type: "limit", caseName: "start", metric: "readyMs", end: 500 };
  const measured = result("start", { oxbow: [{ readyMs: 500 }] });
  assert.equal(judge(results(["oxbow"], [measured]), [bar])[0]?.isMet, false);
});

test("a bar that nothing was measured for stays open", () => {
  const bar: Bar = { type: "peer-ratio", caseName: "c", peer: "nats", min: 2 };
  const [verdict] = judge(results(["oxbow"], [result("c", { oxbow: rates(1) })]), [bar]);
  assert.equal(verdict?.isMet, undefined);
});

test("a comparison without Oxbow in the first column is not judged", () => {
  assert.deepEqual(judge(results(["nats", "oxbow"], [])), []);
});
