import type { StationMetrics } from "oxbow/control";
import type { Handlers, OperationsOf } from "./handler.ts";

export const historyHandlers: Handlers<OperationsOf<"history">> = {
  "history.overview": async ({ rooms, request }) => {
    const [history, metrics] = await Promise.all([rooms.history(), rooms.metrics()]);
    return history.overview(request, totalsOf(await metrics.read()));
  },

  "history.station": async ({ rooms, names, request }) => {
    const { name, messages, bytes } = await (await rooms.stations()).get(names.station);
    return (await rooms.history()).station(name, request, { messages, bytes });
  },

  "history.group": async ({ rooms, names, request }) => {
    const group = await (await rooms.groups()).get(names.station, names.group);
    const { waiting, inFlight, redelivered } = group;
    const now = { lag: waiting + inFlight, inFlight, redelivered };
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
  return deadLetters === undefined ? totals : { ...totals, deadLetters };
}
