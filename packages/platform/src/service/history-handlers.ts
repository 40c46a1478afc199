import type { Handlers, OperationsOf } from "./handler.ts";

export const historyHandlers: Handlers<OperationsOf<"history">> = {
  "history.overview": async ({ rooms, request }) => {
    const [history, stations] = await Promise.all([rooms.history(), rooms.stations()]);
    const own = (await stations.list()).filter(({ isInternal }) => !isInternal);
    const now = {
      messages: own.reduce((sum, { messages }) => sum + messages, 0),
      bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
    };
    return history.overview(request, now);
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
