import type { AttentionList, StationMetrics } from "oxbow/control";
import { z } from "zod";
import { count } from "./common.ts";
import { named } from "./named.ts";

const partition = z.object({
  number: count.describe("From 1."),
  messages: count,
  bytes: count,
  storedMessages: count.describe("Messages that were ever stored."),
  storedBytes: count.nullable().describe("Of those that were stored since the server started."),
  messagesMax: count.nullable().describe("Beyond which new messages are refused."),
  bytesMax: count.nullable(),
});

const groupPartition = z.object({
  number: count.describe("From 1."),
  delivered: count,
  deliveredBytes: count.nullable().describe("Of deliveries since the server started."),
  acknowledged: count,
  waiting: count,
  inFlight: count,
  inFlightMax: count.describe("0 for any number."),
  redelivered: count,
  lagMs: count.nullable().describe("Age of the oldest message that is not acknowledged."),
});

export const stationMetrics: z.ZodType<StationMetrics> = named(
  "StationMetrics",
  z.object({
    station: z.string(),
    deadLetters: count.nullable(),
    partitions: z.array(partition),
    groups: z.array(z.object({ group: z.string(), partitions: z.array(groupPartition) })),
  }),
);

export const attentionList: z.ZodType<AttentionList> = named(
  "AttentionList",
  z.object({
    items: z.array(
      z.object({
        kind: z.enum(["groupBehind", "groupStuck", "stationFull"]),
        station: z.string(),
        group: z.string().nullable(),
        count: count.describe("Messages; of a station, percent of what it may have."),
        ageMs: count.nullable(),
        isGrowing: z.boolean().nullable().describe("Whether there are more than ten minutes ago."),
      }),
    ),
  }),
);
