import type { GroupPartitionMetrics, StationMetrics } from "oxbow/control";
import type { Handlers, OperationsOf } from "./handler.ts";

export const historyHandlers: Handlers<OperationsOf<"history">> = {
  "history.overview": async ({ rooms, request }) => {
    const [history, metrics] = await Promise.all([rooms.history(), rooms.metrics()]);
    return history.overview(request, totalsOf(await metrics.read()));
  },

  "history.station": async ({ rooms, names, request }) => {
    const { name, messages, bytes } = await (await rooms.stations()).get(names.station);
    const all = await (await rooms.metrics()).read();
    const now = totalsOf(all.filter(({ station }) => station === name));
    return (await rooms.history()).station(name, request, { ...now, messages, bytes });
  },

  "history.group": async ({ rooms, names, request }) => {
    const group = await (await rooms.groups()).get(names.station, names.group);
    const { waiting, inFlight, redelivered } = group;
    const all = await (await rooms.metrics()).read();
    const seen = all.find(({ station }) => station === group.station);
    const parts = seen?.groups.find((each) => each.group === group.name)?.partitions ?? [];
    const now = { lag: waiting + inFlight, inFlight, redelivered, ...lagMsOf(parts) };
    return (await rooms.history()).group(group.station, group.name, request, now);
  },
};

/** How it is now; dead letters only where they are counted. */
function totalsOf(stations: readonly StationMetrics[]): Record<string, number> {
  const totals = { messages: 0, bytes: 0, lag: 0 };
  let deadLetters: number | undefined = 0;
  for (const station of stations) {
    for (const { messages, bytes } of station.partitions) {
      totals.messages += messages;
      totals.bytes += bytes;
    }
    for (const { partitions } of station.groups) {
      for (const { waiting, inFlight } of partitions) totals.lag += waiting + inFlight;
    }
    if (station.deadLetters === null) deadLetters = undefined;
    else if (deadLetters !== undefined) deadLetters += station.deadLetters;
  }
  const groups = stations.flatMap((station) => station.groups);
  const lagMs = lagMsOf(groups.flatMap(({ partitions }) => partitions));
  return { ...totals, ...lagMs, ...(deadLetters !== undefined && { deadLetters }) };
}

/** How long the oldest has waited; nothing where something waits of which that is not known. */
function lagMsOf(parts: readonly GroupPartitionMetrics[]): { readonly lagMs?: number } {
  const ages = parts.map(({ lagMs }) => lagMs).filter((lagMs) => lagMs !== null);
  return ages.length < parts.length ? {} : { lagMs: Math.max(0, ...ages) };
}
