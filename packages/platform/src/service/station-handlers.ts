import { deleteStation } from "./delete-station.ts";
import type { Handlers, OperationsOf } from "./handler.ts";
import { pageOf } from "./pages.ts";

export const stationHandlers: Handlers<OperationsOf<"station">> = {
  "station.create": async ({ rooms, names, request }) =>
    (await rooms.stations()).create(names.station, request),

  "station.list": async ({ rooms, request, answerBytesMax }) => {
    const stations = await (await rooms.stations()).list();
    return pageOf(stations, ({ name }) => name, request, answerBytesMax);
  },

  "station.get": async ({ rooms, names }) => (await rooms.stations()).get(names.station),

  "station.edit": async ({ rooms, names, request }) =>
    (await rooms.stations()).edit(names.station, request),

  "station.purge": async ({ rooms, names, request }) => ({
    purged: await (await rooms.stations()).purge(names.station, request),
  }),

  "station.removeMessage": async ({ rooms, names, request }) => {
    const stations = await rooms.stations();
    const { partition, sequence } = request;
    return { isDeleted: await stations.removeMessage(names.station, partition, sequence) };
  },

  "station.delete": async ({ rooms, names }) => ({
    isDeleted: await deleteStation(
      await rooms.stations(),
      await rooms.schemasIfAny(),
      names.station,
    ),
  }),
};
