import { batchCases } from "./batches.ts";
import type { BenchCase } from "./case.ts";
import { consumeCases } from "./consume.ts";
import { coreCases } from "./core.ts";
import { durableCases } from "./durable.ts";
import { groupsCases } from "./groups.ts";
import { httpCases } from "./http.ts";
import { httpCrowdCases } from "./http-crowd.ts";
import { latencyCases } from "./latency.ts";
import { manyStationsCases } from "./many-stations.ts";
import { officialCases } from "./official.ts";
import { requestCases } from "./request.ts";
import { startCases } from "./start.ts";
import { stationCases } from "./stations.ts";
import { streamsCases } from "./streams.ts";

/** Every case, in the order in which a round runs them. */
export const allCases: readonly BenchCase[] = [
  ...coreCases,
  ...durableCases,
  ...batchCases,
  ...consumeCases,
  ...officialCases,
  ...stationCases,
  ...groupsCases,
  ...requestCases,
  ...httpCases,
  ...httpCrowdCases,
  ...streamsCases,
  ...manyStationsCases,
  ...latencyCases,
  ...startCases,
];

/**
 * The cases whose names equal one of `patterns` or start with it up to a dot (`durable` selects `durable.async.128`),
 * and the cases that those need. No patterns select everything.
 *
 * @throws Error if a pattern matches no case.
 */
export function selectCases(
  cases: readonly BenchCase[],
  patterns: readonly string[],
): readonly BenchCase[] {
  const matches = (name: string, pattern: string): boolean =>
    name === pattern || name.startsWith(`${pattern}.`);
  for (const pattern of patterns) {
    if (!cases.some(({ name }) => matches(name, pattern))) {
      throw new Error(`no case "${pattern}"; see --list`);
    }
  }
  if (patterns.length === 0) return cases;
  const chosen = cases.filter(({ name }) => patterns.some((pattern) => matches(name, pattern)));
  const needed = new Set(chosen.map(({ needs }) => needs));
  return cases.filter((benchCase) => chosen.includes(benchCase) || needed.has(benchCase.name));
}
