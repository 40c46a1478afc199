import type { CaseResult, Column, Measurement, Results } from "./measurement.ts";
import { differences, ratios, type Summary, summarize } from "./statistics.ts";

const MIB = 1024 * 1024;

/** A demand on the first server of a run. */
export type Bar =
  /** At least `min` times the rate of the server named `peer`. */
  | { type: "peer-ratio"; caseName: string; peer: string; min: number }
  /** At least `min` times its own rate in another case. */
  | { type: "own-ratio"; caseName: string; baseCaseName: string; min: number }
  /** Less than `endUs` microseconds of its CPU for a message more than in another case. */
  | { type: "cpu-difference"; caseName: string; baseCaseName: string; endUs: number }
  /** At least `min` messages a second, whatever others do. */
  | { type: "own-rate"; caseName: string; min: number }
  /** Below `end`, in the unit of the metric. */
  | { type: "limit"; caseName: string; metric: "readyMs" | "rssBytes"; end: number };

/** What Oxbow promises; judged by the median over all rounds. */
export const bars: readonly Bar[] = [
  { type: "peer-ratio", caseName: "durable.async.16", peer: "nats", min: 2.0 },
  { type: "peer-ratio", caseName: "durable.async.128", peer: "nats", min: 2.0 },
  { type: "peer-ratio", caseName: "durable.async.1024", peer: "nats", min: 1.2 },
  { type: "peer-ratio", caseName: "durable.async.128", peer: "nats-sync", min: 60 },
  { type: "peer-ratio", caseName: "batch.atomic.128", peer: "nats", min: 2.0 },
  { type: "peer-ratio", caseName: "core.1.128", peer: "nats", min: 1.0 },
  { type: "peer-ratio", caseName: "consume.100", peer: "nats", min: 1.0 },
  { type: "peer-ratio", caseName: "consume.1000", peer: "nats", min: 1.0 },
  { type: "own-ratio", caseName: "streams.1000", baseCaseName: "streams.1", min: 0.5 },
  { type: "own-ratio", caseName: "sdk.produce", baseCaseName: "official.produce", min: 0.8 },
  { type: "own-ratio", caseName: "sdk.consume", baseCaseName: "official.consume", min: 0.8 },
  { type: "own-ratio", caseName: "stations.1000", baseCaseName: "stations.1", min: 0.5 },
  { type: "own-rate", caseName: "http.single", min: 15_000 },
  { type: "own-rate", caseName: "http.ndjson", min: 300_000 },
  {
    type: "cpu-difference",
    caseName: "durable.schema.256",
    baseCaseName: "durable.json.256",
    endUs: 3,
  },
  { type: "limit", caseName: "start.empty", metric: "readyMs", end: 500 },
  { type: "limit", caseName: "start.store", metric: "readyMs", end: 3000 },
  { type: "limit", caseName: "start.stations", metric: "readyMs", end: 3000 },
  { type: "limit", caseName: "start.empty", metric: "rssBytes", end: 110 * MIB },
  { type: "limit", caseName: "start.store", metric: "rssBytes", end: 600 * MIB },
];

/** A bar and what became of it; `summary` is absent when there was nothing to judge. */
export interface Verdict {
  bar: Bar;
  summary: Summary | undefined;
  isMet: boolean | undefined;
}

/** The values of one metric in one column, by round. */
export function valuesByRound(
  result: CaseResult | undefined,
  columnId: string,
  metric: (measurement: Measurement) => number | undefined,
): Map<number, number> {
  const values = new Map<number, number>();
  for (const run of result?.runs ?? []) {
    const value = run.measurement && run.column === columnId ? metric(run.measurement) : undefined;
    if (value !== undefined) values.set(run.round, value);
  }
  return values;
}

/** Ratios of the rates of two columns, round by round. */
export function rateRatio(
  result: CaseResult | undefined,
  columnId: string,
  peerId: string,
): Summary | undefined {
  const rate = (measurement: Measurement): number | undefined => measurement.rate;
  return summarize(
    ratios(valuesByRound(result, columnId, rate), valuesByRound(result, peerId, rate)),
  );
}

/** Judges the first column, if it is an Oxbow; bars that nothing was measured for stay open. */
export function judge(results: Results, demands: readonly Bar[] = bars): readonly Verdict[] {
  const [subject] = results.columns;
  if (!subject?.server.startsWith("oxbow")) return [];
  return demands.map((bar) => {
    const summary = measure(results, subject, bar);
    if (!summary) return { bar, summary, isMet: undefined };
    return { bar, summary, isMet: isMet(bar, summary.median) };
  });
}

function isMet(bar: Bar, median: number): boolean {
  if (bar.type === "limit") return median < bar.end;
  if (bar.type === "cpu-difference") return median < bar.endUs;
  return median >= bar.min;
}

function measure(results: Results, subject: Column, bar: Bar): Summary | undefined {
  const find = (name: string): CaseResult | undefined =>
    results.cases.find((result) => result.name === name);
  const rate = (measurement: Measurement): number | undefined => measurement.rate;
  switch (bar.type) {
    case "peer-ratio": {
      const peer = results.columns.find((column) => column.server === bar.peer);
      return peer && rateRatio(find(bar.caseName), subject.id, peer.id);
    }
    case "own-rate":
      return summarize([...valuesByRound(find(bar.caseName), subject.id, rate).values()]);
    case "own-ratio":
      return summarize(
        ratios(
          valuesByRound(find(bar.caseName), subject.id, rate),
          valuesByRound(find(bar.baseCaseName), subject.id, rate),
        ),
      );
    case "cpu-difference": {
      // Seconds for a million messages are microseconds for one.
      const cpu = (measurement: Measurement): number | undefined =>
        measurement.cpuSecondsPerMillion;
      return summarize(
        differences(
          valuesByRound(find(bar.caseName), subject.id, cpu),
          valuesByRound(find(bar.baseCaseName), subject.id, cpu),
        ),
      );
    }
    case "limit": {
      const { metric } = bar;
      const values = valuesByRound(find(bar.caseName), subject.id, (found) => found[metric]);
      return summarize([...values.values()]);
    }
  }
}
