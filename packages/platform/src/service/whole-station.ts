import { OxbowError } from "@oxbow/base";
import type { Attachment } from "oxbow/control";
import { platformError, type Station, type StationRequest } from "oxbow/internal";
import type { Schemas } from "../schemas/schemas.ts";
import type { Stations } from "../stations/stations.ts";

/**
 * Deletes a station with its messages and groups, then detaches its schema: what is interrupted in between leaves no
 * station that takes what it should not, and is finished by doing it again.
 *
 * @param schemas - `undefined` if there are none.
 * @returns Whether there was anything of it.
 */
export async function deleteStation(
  stations: Stations,
  schemas: Schemas | undefined,
  name: string,
): Promise<boolean> {
  const station = await stations.find(name);
  const isDeleted = await stations.delete(name);
  const attachment = schemas && (await attachmentOf(schemas, name));
  // A plain client's stream ORDERS is not the station orders, whose schema stays.
  const isItsOwn = station === undefined || attachment?.station === station.name;
  if (schemas === undefined || attachment === undefined || !isItsOwn) return isDeleted;
  return (await schemas.detach(attachment.station)) || isDeleted;
}

/**
 * Makes a station, unless the schema is left of one of the name that was being deleted: what it demands would be in force.
 *
 * @param schemas - `undefined` if there are none.
 * @throws OxbowError `STATION_EXISTS`, and what making it throws
 */
export async function createStation(
  stations: Stations,
  schemas: Schemas | undefined,
  name: string,
  request: StationRequest,
): Promise<Station> {
  // Looked for first: one that somebody attaches to a station that is made meanwhile is not left of one before.
  const left = schemas && (await attachmentOf(schemas, name));
  if (left !== undefined && (await stations.find(name)) === undefined) {
    const message = `station ${left.station} was being deleted, and has its schema still: delete it again first`;
    throw platformError("STATION_EXISTS", message);
  }
  return stations.create(name, request);
}

async function attachmentOf(schemas: Schemas, name: string): Promise<Attachment | undefined> {
  try {
    return await schemas.attachment(name);
  } catch (error) {
    // A plain client may have given its stream a name that can have no schema.
    if (error instanceof OxbowError && error.code === "STATION_INVALID") return undefined;
    throw error;
  }
}
