import type { PlatformTotals, Unfinished } from "oxbow/control";
import type { Group, Station } from "oxbow/internal";
import type { Call } from "./handler.ts";

const unfinishedMax = 20;

/** What there is in all, of what who asks may see. */
export async function platformTotals({
  rooms,
  who,
  request: { ageMsMax = 0 },
}: Call<"platform.totals">): Promise<PlatformTotals> {
  const isVisible = await rooms.visibleTo(who, "see");
  const catalogue = rooms.catalogue();
  const stations = (await catalogue.all(ageMsMax))
    .map(({ station }) => station)
    .filter(({ name, isInternal }) => !isInternal && isVisible(name));
  const groups = await (await rooms.groups()).listOf(stations);
  const unfinished = [...stations.flatMap(problemOf), ...groups.flatMap(problemOf)];
  return {
    stations: stations.length,
    partitions: sum(stations, (station) => station.partitions.length),
    messages: sum(stations, (station) => station.messages),
    bytes: sum(stations, (station) => station.bytes),
    groups: groups.length,
    groupsPaused: groups.filter(({ pausedUntil }) => pausedUntil !== null).length,
    waiting: sum(groups, (group) => group.waiting),
    inFlight: sum(groups, (group) => group.inFlight),
    unfinishedCount: unfinished.length,
    unfinished: unfinished.slice(0, unfinishedMax),
  };
}

function problemOf(one: Station | Group): Unfinished[] {
  const [problem] = one.problems;
  if (problem === undefined) return [];
  return "station" in one
    ? [{ station: one.station, group: one.name, problem }]
    : [{ station: one.name, group: null, problem }];
}

function sum<Item>(items: readonly Item[], count: (item: Item) => number): number {
  return items.reduce((total, item) => total + count(item), 0);
}
