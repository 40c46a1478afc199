import type { Ingest } from "oxbow/control";
import { platformError } from "oxbow/internal";
import type { Ingests } from "../ingest/ingests.ts";
import type { Handlers, OperationsOf } from "./handler.ts";
import { pageOf } from "./pages.ts";
import type { Rooms } from "./rooms.ts";

export const ingestHandlers: Handlers<OperationsOf<"ingest">> = {
  "ingest.create": async ({ rooms, names: { station, ingest }, request }) => {
    const { name } = await (await rooms.stations()).get(station);
    return (await rooms.ingests()).create(name, ingest, request);
  },

  "ingest.list": async ({ rooms, names: { station }, request, answerBytesMax }) => {
    const all = (await (await rooms.ingestsIfAny())?.list(station)) ?? [];
    return pageOf(all, ({ name }: Ingest) => name, request, answerBytesMax);
  },

  "ingest.get": async ({ rooms, names: { station, ingest } }) =>
    (await ingestsWith(rooms, station, ingest)).get(station, ingest),

  "ingest.edit": async ({ rooms, names: { station, ingest }, request }) =>
    (await ingestsWith(rooms, station, ingest)).edit(station, ingest, request),

  "ingest.rotate": async ({ rooms, names: { station, ingest }, request }) =>
    (await ingestsWith(rooms, station, ingest)).rotate(station, ingest, request),

  "ingest.delete": async ({ rooms, names: { station, ingest } }) => ({
    isDeleted: (await (await rooms.ingestsIfAny())?.delete(station, ingest)) ?? false,
  }),
};

/** @throws OxbowError `INGEST_NOT_FOUND` if there is nothing at all */
async function ingestsWith(rooms: Rooms, station: string, ingest: string): Promise<Ingests> {
  const ingests = await rooms.ingestsIfAny();
  if (ingests !== undefined) return ingests;
  const message = `station ${station} has no ingest URL ${ingest}: create it first`;
  throw platformError("INGEST_NOT_FOUND", message);
}
