import type { Purged, Removed, StationDefaults } from "oxbow/control";
import {
  type Partition,
  type Station,
  type StationRequest,
  stationRequestShape,
  stationSettingsShape,
} from "oxbow/internal";
import { z } from "zod";
import { count, time } from "./common.ts";
import { named } from "./named.ts";

export const deadLetterReason: z.ZodType<"exhausted" | "terminated" | "refused"> = z.enum([
  "exhausted",
  "terminated",
  "refused",
]);

const settings = named("StationSettings", stationSettingsShape);

const partition: z.ZodType<Partition> = named(
  "Partition",
  z.object({
    number: count.describe("From 1."),
    stream: z.string().describe("The stream that it is."),
    messages: count,
    bytes: count,
    firstSequence: count,
    lastSequence: count,
    consumers: count,
    takesResent: z.boolean(),
  }),
);

export const station: z.ZodType<Station> = named(
  "Station",
  z.object({
    name: z.string(),
    isManaged: z.boolean().describe("Whether it is a station, not a stream of a plain client."),
    isInternal: z.boolean().describe("Whether the platform itself keeps something there."),
    settings,
    createdAt: time,
    partitions: z.array(partition),
    problems: z.array(z.string()).describe("What is half done; doing it again heals it."),
    messages: count,
    bytes: count,
  }),
);

export const purged: z.ZodType<Purged> = named("Purged", z.object({ purged: count }));

export const removed: z.ZodType<Removed> = named("Removed", z.object({ removed: count }));

const defaultSettings = stationRequestShape as z.ZodType<StationRequest>;
const isAutoCreated = z
  .boolean()
  .describe("Whether a station that somebody produces to, and that there is not, is made.");

export const stationDefaults: z.ZodType<StationDefaults> = named(
  "StationDefaults",
  z.object({ isAutoCreated, settings: defaultSettings }),
);

export const defaultsChanges: z.ZodType = z.strictObject({
  isAutoCreated: isAutoCreated.optional(),
  settings: defaultSettings.optional(),
});
