import type { Clock } from "@oxbow/base";
import { StationDecoders, type StationReader, schemasOver } from "@oxbow/platform/decoders";
import type { Station } from "oxbow/internal";
import type { Caller } from "../../access/caller.ts";
import { StoredMessages } from "../stored-messages.ts";
import { MessageFilter } from "./message-filter.ts";
import { type SearchQuery, searchOf } from "./search-query.ts";
import { StationSearch } from "./station-search.ts";

/** A search that has not begun, in the name of who asks. What is refused is refused here. */
export async function openSearch(
  { connection, control }: Caller,
  name: string,
  query: SearchQuery,
  limit: number,
  clock: Clock,
): Promise<{ readonly search: StationSearch; readonly station: Station }> {
  const station = await control.call("station.get", { station: name }, {});
  const { filter, question } = await searchOf(query, station, limit);
  const stored = await StoredMessages.open(connection);
  const reader: StationReader = await new StationDecoders(schemasOver(control)).reader(
    station.name,
  );
  const judge = new MessageFilter(filter, reader);
  return { search: new StationSearch(stored, judge, question, clock), station };
}
