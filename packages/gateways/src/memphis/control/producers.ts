import { z } from "zod";
import type { ControlContext } from "./context.ts";
import { memphisName } from "./names.ts";
import { readRequest } from "./read-request.ts";
import { Refusal } from "./refusal.ts";
import { partitionsUpdate, stationFor } from "./stations.ts";

const types = ["application", "connector"];
const creationShape = z.object({
  name: z.string(),
  station_name: z.string(),
  producer_type: z.string().nullish(),
  req_version: z.number().nullish(),
});

/** Tells a producer what it must know to produce. Nothing is kept of it: whoever may publish to a station produces. */
export async function createProducer(context: ControlContext, body: Buffer): Promise<string> {
  const request = readRequest(creationShape, body);
  memphisName("Producer", request.name);
  const name = memphisName("Station", request.station_name);
  if (!types.includes(request.producer_type ?? "application")) {
    throw new Refusal("producer type has to be one of the following application/connector");
  }
  if ((request.req_version ?? 0) < 2) {
    throw new Refusal("to produce to this station please upgrade your SDK version");
  }
  const station = await stationFor(context, name);
  return JSON.stringify({
    schema_update: await context.news.current(name),
    partitions_update: partitionsUpdate(station),
    schemaverse_to_dls: station.settings.deadLetterReasons.includes("refused"),
    send_notification: false,
    station_version: 2,
    // There are no functions: SDKs publish to the station itself.
    station_partitions_first_functions: {},
    error: "",
  });
}

/** There is nothing to forget. */
export async function destroyProducer(_context: ControlContext, body: Buffer): Promise<string> {
  const request = readRequest(creationShape, body);
  memphisName("Producer", request.name);
  memphisName("Station", request.station_name);
  return "";
}
