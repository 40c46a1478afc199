import type { LineageGraph, LineageRequest, Requester } from "oxbow/control";
import type { Handlers, OperationsOf } from "./handler.ts";
import type { Rooms } from "./rooms.ts";

/** How old what is told of stations may be. */
const stationsAgeMsMax = 2_000;

export const lineageHandlers: Handlers<OperationsOf<"lineage">> = {
  "lineage.graph": async ({ rooms, who, request }) => {
    const { station } = request;
    if (station !== undefined) await rooms.accountsIfAny()?.requireRight(who, "see", station);
    return graph(rooms, who, request);
  },
};

async function graph(
  rooms: Rooms,
  who: Requester | null,
  request: LineageRequest,
): Promise<LineageGraph> {
  const [isVisible, isReadable] = await Promise.all([
    rooms.visibleTo(who, "see"),
    rooms.visibleTo(who, "readDeadLetters"),
  ]);
  const lineage = await rooms.lineageRoom();
  const [entries, pairs, producers, consumers, deadLetters, groups, ingests] = await Promise.all([
    rooms.catalogue().all(stationsAgeMsMax),
    rooms.lineage.list(),
    rooms.presence.producers(),
    rooms.presence.consumers(),
    lineage.deadLetters(),
    rooms.groups(),
    rooms.ingestsIfAny(),
  ]);
  const sources = {
    stations: entries.filter(({ station }) => isVisible(station.name)),
    pairs: pairs.filter(({ from, to }) => isVisible(from) && isVisible(to)),
    producers: producers.filter((one) => isVisible(one.station)),
    consumers: consumers.filter((one) => isVisible(one.station)),
    deadLetters: deadLetters.filter((one) => isReadable(one.station)),
    groupsOf: (name: string) => groups.list(name),
    ingestsOf: async (name: string) => (await ingests?.list(name)) ?? [],
  };
  return lineage.graph(sources, request);
}
