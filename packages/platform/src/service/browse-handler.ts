import type { BrowsedStations, StationSummary } from "oxbow/control";
import { inParallel } from "oxbow/internal";
import { foundOf, summaryOf, tagsOf } from "../stations/browse.ts";
import type { CatalogueEntry, Reading } from "../stations/station-catalogue.ts";
import type { Call } from "./handler.ts";
import type { Rooms } from "./rooms.ts";

const itemsDefault = 100;
/** Stations of an answer are read again, unless they have so many partitions together. */
const partitionsReadMax = 512;
const frameBytes = 64 * 1_024;

/** Finds stations for who looks at a part of them. */
export async function browse({
  rooms,
  who,
  request,
  answerBytesMax,
}: Call<"station.browse">): Promise<BrowsedStations> {
  const { skip = 0, limit = itemsDefault, ageMsMax = 0 } = request;
  const isVisible = await rooms.visibleTo(who, "see");
  const catalogue = rooms.catalogue();
  const visible = (await catalogue.all(ageMsMax)).filter(
    ({ station: { name, isInternal } }) => !isInternal && isVisible(name),
  );
  const found = foundOf(visible, request);
  const part = found.slice(skip, skip + limit);
  const items = (ageMsMax === 0 ? part : await readAgain(rooms, part)).map(summaryOf);
  const { length } = part;
  return {
    items: asManyAsFit(items, answerBytesMax - frameBytes),
    total: found.length - (length - items.length),
    all: visible.length,
    tags: tagsOf(found),
  };
}

/** As they are now; those that are gone are left out. */
async function readAgain(
  rooms: Rooms,
  entries: readonly CatalogueEntry[],
): Promise<readonly CatalogueEntry[]> {
  const partitions = entries.reduce((sum, { station }) => sum + station.partitions.length, 0);
  if (partitions > partitionsReadMax) return entries;
  const stations = await rooms.stations();
  const catalogue = rooms.catalogue();
  const readings = await inParallel(
    entries,
    async ({ station: { name } }): Promise<Reading> => [name, await stations.find(name)],
  );
  catalogue.tell(readings);
  return readings.map(([name]) => catalogue.entry(name)).filter((entry) => entry !== undefined);
}

function asManyAsFit(items: readonly StationSummary[], bytesMax: number): StationSummary[] {
  let bytes = 0;
  const end = items.findIndex((item) => {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    return bytes > bytesMax;
  });
  return items.slice(0, end === -1 ? items.length : end);
}
