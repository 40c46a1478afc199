import {
  consumerName,
  type Group,
  type GroupRequest,
  type GroupStart,
  stationToken,
} from "@oxbow/platform";
import { z } from "zod";
import type { ClientGroups } from "../client-platform.ts";
import type { ControlContext } from "./context.ts";
import { isDenied } from "./denied.ts";
import { memphisName } from "./names.ts";
import { readRequest } from "./read-request.ts";
import { Refusal } from "./refusal.ts";
import { isExisting, partitionsUpdate, stationFor } from "./stations.ts";

const deliveriesMax = 10;
const defaultAckTimeMs = 30_000;
const types = ["application", "connector"];
const number = z.number().nullish();
const creationShape = z.object({
  name: z.string(),
  station_name: z.string(),
  consumer_type: z.string().nullish(),
  consumers_group: z.string().nullish(),
  max_ack_time_ms: number,
  max_msg_deliveries: number,
  start_consume_from_sequence: number,
  last_messages: number,
  req_version: number,
});
const destructionShape = z.object({ name: z.string(), station_name: z.string() });

type ConsumerRequest = z.infer<typeof creationShape>;

/** Makes a consumer a member of its group, which is made if there is none. */
export async function createConsumer(context: ControlContext, body: Buffer): Promise<string> {
  const request = readRequest(creationShape, body);
  const name = memphisName("Consumer", request.name);
  const stationName = memphisName("Station", request.station_name);
  const groupName = memphisName("Consumer", request.consumers_group || name);
  const settings = groupSettings(request);
  const station = await stationFor(context, stationName);
  await ensureGroup(await context.platform.groups(), stationName, groupName, settings);
  const { presence, connectionId } = context;
  await presence.enter({
    station: stationToken(stationName),
    group: consumerName(groupName),
    connectionId,
    consumer: consumerName(name),
  });
  return JSON.stringify({
    schema_update: await context.news.current(stationName),
    partitions_update: partitionsUpdate(station),
    error: "",
  });
}

/** Takes a consumer out of its group, which is deleted with its last member. One that is in none is gone already. */
export async function destroyConsumer(context: ControlContext, body: Buffer): Promise<string> {
  const request = readRequest(destructionShape, body);
  const name = memphisName("Consumer", request.name);
  const stationName = memphisName("Station", request.station_name);
  const { presence, connectionId, platform } = context;
  const station = stationToken(stationName);
  const group = await presence.leave({ station, connectionId, consumer: consumerName(name) });
  if (group === undefined || (await presence.hasMembers(station, group))) return "";
  if ((await (await platform.stations()).find(stationName)) === undefined) return "";
  try {
    await (await platform.groups()).delete(stationName, group.replaceAll("#", "."));
  } catch (error) {
    // It has left. The group stays where its user may not delete it.
    if (!isDenied(error)) throw error;
  }
  return "";
}

/** @throws Refusal */
function groupSettings(request: ConsumerRequest): GroupRequest {
  const type = request.consumer_type ?? "application";
  if (!types.includes(type)) {
    throw new Refusal(
      `consumer type has to be one of the following application/connector and not ${type}`,
    );
  }
  if ((request.req_version ?? 0) < 2) {
    throw new Refusal("to consume from this station please upgrade your SDK version");
  }
  const ackTimeMs = request.max_ack_time_ms ?? 0;
  const deliveries = request.max_msg_deliveries ?? 0;
  return {
    maxAckTimeMs: ackTimeMs <= 0 ? defaultAckTimeMs : Math.round(ackTimeMs),
    maxDeliveries: deliveries <= 0 || deliveries > deliveriesMax ? deliveriesMax : deliveries,
    maxInFlight: null,
    start: startOf(request),
  };
}

function startOf(request: ConsumerRequest): GroupStart {
  const sequence = request.start_consume_from_sequence ?? 1;
  const last = request.last_messages ?? -1;
  if (sequence <= 0) throw new Refusal("startConsumeFromSequence has to be a positive number");
  if (last < -1) throw new Refusal("min value for LastMessages is -1");
  if (sequence > 1 && last > -1) {
    throw new Refusal(
      "consumer creation options can't contain both startConsumeFromSequence and lastMessages",
    );
  }
  if (last > 0) return { from: "last", messages: last };
  if (sequence > 1) return { from: "sequence", sequence };
  return last === 0 ? { from: "now" } : { from: "beginning" };
}

/** A group that exists keeps its place; what a member asks for otherwise is what it has from now on. */
async function ensureGroup(
  groups: ClientGroups,
  station: string,
  name: string,
  settings: GroupRequest,
): Promise<void> {
  const existing = await groups.find(station, name);
  if (existing !== undefined) {
    await adjust(groups, existing, settings);
    return;
  }
  try {
    await groups.create(station, name, settings);
  } catch (error) {
    // Another member has made it meanwhile.
    if (!isExisting(error)) throw error;
    await adjust(groups, await groups.get(station, name), settings);
  }
}

async function adjust(groups: ClientGroups, group: Group, wanted: GroupRequest): Promise<void> {
  const { settings, problems } = group;
  const { maxAckTimeMs = defaultAckTimeMs, maxDeliveries = deliveriesMax } = wanted;
  const isSame = settings.maxAckTimeMs === maxAckTimeMs && settings.maxDeliveries === maxDeliveries;
  if (isSame && problems.length === 0) return;
  await groups.edit(group.station, group.name, { maxAckTimeMs, maxDeliveries, backoffMs: [] });
}
