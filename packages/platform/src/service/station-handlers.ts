import type { Station, StationRequest } from "oxbow/internal";
import { browse } from "./browse-handler.ts";
import type { Call, Handlers, OperationsOf } from "./handler.ts";
import { pageOf } from "./pages.ts";
import type { Rooms } from "./rooms.ts";
import { createStation, deleteStation } from "./whole-station.ts";

export const stationHandlers: Handlers<OperationsOf<"station">> = {
  "station.create": async (call) => {
    await requireLink(call);
    const { settings } = await (await call.rooms.defaults()).read();
    return create(call.rooms, call.names.station, { ...settings, ...call.request });
  },

  "station.defaults": async ({ rooms }) => (await rooms.defaults()).read(),

  "station.setDefaults": async ({ rooms, request }) => (await rooms.defaults()).change(request),

  "station.ensure": async ({ rooms, names }) => {
    const stations = await rooms.stations();
    const existing = await stations.find(names.station);
    if (existing !== undefined) return existing;
    const { isAutoCreated, settings } = await (await rooms.defaults()).read();
    return isAutoCreated ? create(rooms, names.station, settings) : stations.get(names.station);
  },

  "station.list": async ({ rooms, who, request, answerBytesMax }) => {
    const { tag } = request;
    const isVisible = await rooms.visibleTo(who, "see");
    const all = await (await rooms.stations()).list();
    const stations = all.filter(
      ({ name, settings }) => isVisible(name) && (tag === undefined || settings.tags.includes(tag)),
    );
    return pageOf(stations, ({ name }) => name, request, answerBytesMax);
  },

  "station.browse": browse,

  "station.get": async ({ rooms, names }) => (await rooms.stations()).get(names.station),

  "station.edit": async (call) => {
    await requireLink(call);
    const station = await (await call.rooms.stations()).edit(call.names.station, call.request);
    call.rooms.catalogue().tell([[station.name, station]]);
    return station;
  },

  "station.purge": async ({ rooms, names, request }) => ({
    purged: await (await rooms.stations()).purge(names.station, request),
  }),

  "station.removeMessage": async ({ rooms, names, request }) => {
    const stations = await rooms.stations();
    const { partition, sequence } = request;
    return { isDeleted: await stations.removeMessage(names.station, partition, sequence) };
  },

  "station.removeMessages": async ({ rooms, names, request }) => {
    const stations = await rooms.stations();
    let removed = 0;
    for (const { partition, sequence } of request.messages) {
      if (await stations.removeMessage(names.station, partition, sequence)) removed++;
    }
    return { removed };
  },

  "station.export": async ({ rooms, names }) => {
    await (await rooms.stations()).get(names.station);
    return { isAllowed: true };
  },

  "station.delete": async ({ rooms, names: { station } }) => {
    const stations = await rooms.stations();
    // The way in goes first: what is interrupted leaves none to another station of the name.
    const found = await stations.find(station);
    await (await rooms.ingestsIfAny())?.deleteAll(found?.name ?? station.toLowerCase());
    const isDeleted = await deleteStation(stations, await rooms.schemasIfAny(), station);
    rooms.catalogue().tell([[station, undefined]]);
    return { isDeleted };
  },
};

async function create(rooms: Rooms, name: string, request: StationRequest): Promise<Station> {
  const schemas = await rooms.schemasIfAny();
  const station = await createStation(await rooms.stations(), schemas, name, request);
  rooms.catalogue().tell([[station.name, station]]);
  return station;
}

/**
 * What a station's dead letters go to must be a station that who asks may write to: it is named in the request, where no
 * permission of subjects sees it.
 *
 * @throws OxbowError `ACCESS_DENIED`
 */
async function requireLink({
  rooms,
  who,
  request,
}: Call<"station.create"> | Call<"station.edit">): Promise<void> {
  const { deadLetterStation: link } = request;
  if (typeof link !== "string") return;
  await rooms.accountsIfAny()?.requireRight(who, "publish", link.toLowerCase());
}
