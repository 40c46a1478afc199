import { OxbowError } from "@oxbow/base";
import type { Attachment } from "oxbow/control";
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

async function attachmentOf(schemas: Schemas, name: string): Promise<Attachment | undefined> {
  try {
    return await schemas.attachment(name);
  } catch (error) {
    // A plain client may have given its stream a name that can have no schema.
    if (error instanceof OxbowError && error.code === "STATION_INVALID") return undefined;
    throw error;
  }
}
