import type { BrowsedStations, Exported, Purged, Removed, StationDefaults } from "oxbow/control";
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

const summary = named(
  "StationSummary",
  z.object({
    name: z.string(),
    isManaged: z.boolean(),
    description: z.string(),
    tags: z.array(z.string()),
    createdAt: time,
    partitions: count,
    groups: count.describe("The most that one of its partitions has."),
    messages: count,
    bytes: count,
    maxAgeMs: count.describe("How long messages are kept; 0 for ever."),
    stored: count.describe("Messages that were stored, since there is the station."),
    messagesPerSecond: z
      .number()
      .nullable()
      .describe("That came lately; `null` until it was looked at twice."),
    problems: z.array(z.string()),
  }),
);

export const browsedStations: z.ZodType<BrowsedStations> = named(
  "BrowsedStations",
  z.object({
    items: z.array(summary),
    total: count.describe("Stations that match."),
    all: count.describe("Stations that there are."),
    tags: z
      .array(z.object({ tag: z.string(), count }))
      .describe("Of those that match, the most frequent first, at most 100."),
  }),
);

export const purged: z.ZodType<Purged> = named("Purged", z.object({ purged: count }));

export const exported: z.ZodType<Exported> = named(
  "Exported",
  z.object({ isAllowed: z.literal(true) }),
);

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
