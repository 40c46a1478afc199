import type { PlatformTotals } from "oxbow/control";
import { z } from "zod";
import { count } from "./common.ts";
import { named } from "./named.ts";

export const platformTotals: z.ZodType<PlatformTotals> = named(
  "PlatformTotals",
  z.object({
    stations: count,
    partitions: count,
    messages: count,
    bytes: count,
    groups: count,
    groupsPaused: count,
    waiting: count.describe("Messages that were never delivered, of all groups."),
    inFlight: count,
    unfinishedCount: count.describe("Stations and groups that are not as they are to be."),
    unfinished: z
      .array(z.object({ station: z.string(), group: z.string().nullable(), problem: z.string() }))
      .describe("The first of these, at most 20."),
  }),
);
