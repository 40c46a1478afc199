import { queryOptions } from "@tanstack/react-query";
import type { JourneyPlace, LineageGraph, Journey as MessageJourney } from "oxbow/control";
import { ask, path } from "./ask.ts";

export type {
  JourneyEvent,
  JourneyGroup,
  JourneyPlace,
  JourneyProducer,
  JourneyRelative,
  LineageEdge,
  LineageGraph,
  LineageKind,
  LineageNode,
  LineageWay,
} from "oxbow/control";
export type { MessageJourney };

/** How often what is shown is asked for again while it is looked at. */
const everyMs = 4_000;

export function journeyQuestion({ station, partition, sequence }: JourneyPlace) {
  return queryOptions({
    queryKey: ["station", station, "journey", partition, sequence],
    queryFn: () =>
      ask<MessageJourney>(
        "GET",
        path`/stations/${station}/partitions/${partition}/messages/${sequence}/journey`,
      ),
    refetchInterval: everyMs,
  });
}

export function lineageQuestion(station: string | undefined) {
  return queryOptions({
    queryKey: ["lineage", station ?? null],
    queryFn: () => ask<LineageGraph>("GET", "/lineage", { query: { station } }),
    refetchInterval: everyMs,
  });
}
