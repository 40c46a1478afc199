import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type Span, spans } from "../parts/over-time.tsx";
import { ask, path, type Query } from "./ask.ts";
import { isProblem } from "./problem.ts";
import type {
  AttachmentState,
  AttentionList,
  BrowsedStations,
  Consumer,
  DeadLetterCauses,
  DeadLetterRetention,
  Endpoints,
  FoundDeadLetter,
  Group,
  GroupLag,
  Health,
  Ingest,
  OverviewHistory,
  Page,
  PlatformTotals,
  Producer,
  Resend,
  Schema,
  SessionInfo,
  Station,
  StationDefaults,
  StationHistory,
  StationOfDeadLetters,
} from "./types.ts";

/** How often what is shown is asked for again while it is looked at. */
const everyMs = 2_000;
const all = { limit: 1_000 };

/** All items of a list, page by page. */
export async function list<Item>(where: string, query: Query = {}): Promise<Item[]> {
  const items: Item[] = [];
  for (let after: string | undefined; ; ) {
    const page: Page<Item> = await ask("GET", where, { query: { ...all, ...query, after } });
    items.push(...page.items);
    if (page.next === null) return items;
    after = page.next;
  }
}

export const sessionQuestion = queryOptions({
  queryKey: ["session"],
  queryFn: () => ask<SessionInfo>("GET", "/session"),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
  // Who is not logged in says so; a server that does not answer is waited for.
  refetchInterval: ({ state: { error } }) =>
    error !== null && !(isProblem(error) && error.status === 401) && everyMs,
});

/**
 * How old the order of so many stations may be, and what is counted of them: reading 10,000 takes the server a second. What
 * is told of those that are looked at is of the moment.
 */
function ageMsFor(stations: number): number {
  return Math.min(60_000, Math.max(everyMs, 2 * stations));
}

let stationsKnown = 0;

/** Part of the stations that match. */
export function browseQuestion(query: Query) {
  return queryOptions({
    queryKey: ["stations", query],
    queryFn: async () => {
      const ageMsMax = ageMsFor(stationsKnown);
      const found: BrowsedStations = await ask("GET", "/station-summaries", {
        query: { ...query, ageMsMax },
      });
      stationsKnown = found.all;
      return found;
    },
    refetchInterval: everyMs,
  });
}

export const totalsQuestion = queryOptions({
  queryKey: ["totals"],
  queryFn: async () => {
    const query = { ageMsMax: ageMsFor(stationsKnown) };
    const totals: PlatformTotals = await ask("GET", "/totals", { query });
    stationsKnown = totals.stations;
    return totals;
  },
  refetchInterval: 2 * everyMs,
});

export const stationDefaultsQuestion = queryOptions({
  queryKey: ["station-defaults"],
  queryFn: () => ask<StationDefaults>("GET", "/station-defaults"),
});

export const letterRetentionQuestion = queryOptions({
  queryKey: ["dead-letter-retention"],
  queryFn: () => ask<DeadLetterRetention>("GET", "/dead-letters/retention"),
});

/** Points of ten seconds come every ten seconds; further back they are further apart. */
const historyEveryMs = 10_000;

function historyQuestion<Past>(where: string, span: Span) {
  return queryOptions({
    queryKey: ["history", where, span],
    queryFn: () => {
      const from = new Date(Date.now() - spans[span].ms).toISOString();
      return ask<Past>("GET", where, { query: { from } });
    },
    refetchInterval: historyEveryMs,
    placeholderData: keepPreviousData,
  });
}

export function overviewHistoryQuestion(span: Span) {
  return historyQuestion<OverviewHistory>("/history", span);
}

export function stationHistoryQuestion(station: string, span: Span) {
  return historyQuestion<StationHistory>(path`/stations/${station}/history`, span);
}

export const attentionQuestion = queryOptions({
  queryKey: ["attention"],
  queryFn: () => ask<AttentionList>("GET", "/attention"),
  refetchInterval: 2 * everyMs,
});

/** Whether the server can do its work: it answers 503 and says why if it can't. */
export const healthQuestion = queryOptions({
  queryKey: ["health"],
  queryFn: async () => (await (await fetch("/health/ready")).json()) as Health,
  refetchInterval: 5 * everyMs,
});

export const schemasQuestion = queryOptions({
  queryKey: ["schemas"],
  queryFn: () => list<Schema>("/schemas"),
  refetchInterval: 5 * everyMs,
});

export const deadLetterStationsQuestion = queryOptions({
  queryKey: ["dead-letters"],
  queryFn: () => list<StationOfDeadLetters>("/dead-letters"),
  refetchInterval: 2 * everyMs,
});

export function stationQuestion(station: string) {
  return queryOptions({
    queryKey: ["station", station],
    queryFn: () => ask<Station>("GET", path`/stations/${station}`),
    refetchInterval: everyMs,
  });
}

export function stationGroupsQuestion(station: string) {
  return queryOptions({
    queryKey: ["station", station, "groups"],
    queryFn: () => list<Group>("/groups", { station }),
    refetchInterval: everyMs,
  });
}

export function stationProducersQuestion(station: string) {
  return queryOptions({
    queryKey: ["station", station, "producers"],
    queryFn: () => list<Producer>("/producers", { station }),
    refetchInterval: everyMs,
  });
}

export function stationConsumersQuestion(station: string) {
  return queryOptions({
    queryKey: ["station", station, "consumers"],
    queryFn: () => list<Consumer>("/consumers", { station }),
    refetchInterval: everyMs,
  });
}

export function stationSchemaQuestion(station: string) {
  return queryOptions({
    queryKey: ["station", station, "schema"],
    queryFn: () => ask<AttachmentState>("GET", path`/stations/${station}/schema`),
    refetchInterval: 5 * everyMs,
  });
}

/** How far a group is behind; reading it costs a message of each partition. */
export function groupLagQuestion(station: string, group: string) {
  return queryOptions({
    queryKey: ["station", station, "groups", group, "lag"],
    queryFn: () => ask<GroupLag>("GET", path`/stations/${station}/groups/${group}/lag`),
    refetchInterval: 2 * everyMs,
  });
}

/** Resends of dead letters of a station, the latest last. */
export function resendsQuestion(station: string) {
  return queryOptions({
    queryKey: ["station", station, "resends"],
    queryFn: () => list<Resend>(path`/stations/${station}/resends`),
    refetchInterval: everyMs,
  });
}

export function stationIngestsQuestion(station: string) {
  return queryOptions({
    queryKey: ["station", station, "ingest"],
    queryFn: () => list<Ingest>(path`/stations/${station}/ingest`),
    refetchInterval: 5 * everyMs,
  });
}

/** Causes of all dead letters of a station. */
export function deadLetterCausesQuestion(station: string) {
  return queryOptions({
    queryKey: ["station", station, "dead-letters", "causes"],
    queryFn: () => ask<DeadLetterCauses>("GET", path`/stations/${station}/dead-letters/causes`),
    refetchInterval: 2 * everyMs,
  });
}

export function deadLetterQuestion(station: string, id: number) {
  return queryOptions({
    queryKey: ["dead-letter", station, id],
    queryFn: () => ask<FoundDeadLetter>("GET", path`/stations/${station}/dead-letters/${id}`),
  });
}

export const endpointsQuestion = queryOptions({
  queryKey: ["endpoints"],
  queryFn: () => ask<Endpoints>("GET", "/endpoints"),
  staleTime: Number.POSITIVE_INFINITY,
});
