import { OxbowError } from "@oxbow/base";
import { type Station, type StationRequest, stationToken } from "@oxbow/platform";
import { z } from "zod";
import type { ControlContext } from "./context.ts";
import { memphisName } from "./names.ts";
import { readRequest } from "./read-request.ts";
import { Refusal } from "./refusal.ts";
import { attach } from "./schemas.ts";
import {
  defaultsBeside,
  type MemphisStationRequest,
  stationRequestShape,
  stationSettings,
} from "./station-settings.ts";

const destructionShape = z.object({ station_name: z.string() });

/** Makes a station. One that exists keeps the settings it has. */
export async function createStation(context: ControlContext, body: Buffer): Promise<string> {
  const request = readRequest(stationRequestShape, body);
  const name = memphisName("Station", request.name);
  const { platform } = context;
  const stations = await platform.stations();
  const existing = await stations.find(name);
  if (existing !== undefined && existing.problems.length === 0) return "";
  const settings = stationSettings(request);
  const schema = request.schema_name ?? "";
  if (schema !== "" && (await (await platform.schemas()).find(schema)) === undefined) {
    throw new Refusal(`Schema ${schema} does not exist`);
  }
  const forDead = await deadLetterStation(context, request);
  try {
    await stations.create(name, { ...settings, ...forDead });
  } catch (error) {
    // Somebody else has made it meanwhile, or it is a plain client's stream.
    if (isExisting(error)) return "";
    throw error;
  }
  if (schema !== "") await attachOrDelete(context, name, schema);
  return "";
}

/** Deletes a station with everything that is known of it; one that is not there is gone already. */
export async function destroyStation(context: ControlContext, body: Buffer): Promise<string> {
  const { station_name: given } = readRequest(destructionShape, body);
  const name = memphisName("Station", given);
  const { platform, counts, news, presence } = context;
  await (await platform.stations()).delete(name);
  counts.forget(stationToken(name));
  await presence.forgetStation(stationToken(name));
  await news.detach(name);
  return "";
}

/**
 * The station of a producer or consumer, made with defaults if there is none: the tenant's, and of what these say nothing
 * Memphis's.
 */
export async function stationFor(
  { platform, counts }: ControlContext,
  name: string,
): Promise<Station> {
  const stations = await platform.stations();
  const station = (await stations.find(name)) ?? (await makeStation());
  counts.learn(stationToken(name), station.settings.partitions);
  return station;

  async function makeStation(): Promise<Station> {
    const { settings } = await platform.defaults();
    return stations.create(name, { ...defaultsBeside(settings), ...settings });
  }
}

/**
 * The partitions as SDKs are told of them. With one they are told of none: they take the stream of the station then,
 * which is what Oxbow calls it.
 */
export function partitionsUpdate({ settings }: Station): { partitions_list: number[] | null } {
  const { partitions } = settings;
  if (partitions === 1) return { partitions_list: null };
  return { partitions_list: Array.from({ length: partitions }, (_, index) => index + 1) };
}

/** The station that dead letters are copied to; made with defaults if there is none. */
async function deadLetterStation(
  context: ControlContext,
  { dls_station: given }: MemphisStationRequest,
): Promise<StationRequest> {
  if (given === undefined || given === null || given === "") return {};
  const name = memphisName("Station", given);
  await stationFor(context, name);
  return { deadLetterStation: name };
}

/** A station that was to enforce a schema is not left there without one. */
async function attachOrDelete(
  context: ControlContext,
  name: string,
  schema: string,
): Promise<void> {
  try {
    await attach(context, name, schema);
  } catch (error) {
    await (await context.platform.stations()).delete(name);
    throw error;
  }
}

export function isExisting(error: unknown): boolean {
  return error instanceof OxbowError && error.code.endsWith("_EXISTS");
}
