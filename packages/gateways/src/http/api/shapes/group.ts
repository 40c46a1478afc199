import type { GroupLag, Rewound } from "oxbow/control";
import { type Group, type GroupPartition, groupSettingsShape } from "oxbow/internal";
import { z } from "zod";
import { count, time } from "./common.ts";
import { named } from "./named.ts";

const settings = named("GroupSettings", groupSettingsShape);

const partition: z.ZodType<GroupPartition> = named(
  "GroupPartition",
  z.object({
    number: count.describe("From 1."),
    stream: z.string(),
    consumer: z.string(),
    waiting: count,
    inFlight: count,
    redelivered: count,
    deliveredSequence: count,
    acknowledgedSequence: count,
    pulls: count,
  }),
);

export const group: z.ZodType<Group> = named(
  "Group",
  z.object({
    name: z.string(),
    station: z.string(),
    isManaged: z.boolean(),
    settings,
    createdAt: time,
    pausedUntil: time.nullable(),
    partitions: z.array(partition),
    problems: z.array(z.string()),
    waiting: count,
    inFlight: count,
    redelivered: count,
    lastActiveAt: time.nullable(),
  }),
);

export const groupLag: z.ZodType<GroupLag> = named(
  "GroupLag",
  z.object({
    messages: count,
    ageMs: count,
    partitions: z.array(z.object({ number: count, messages: count, ageMs: count })),
  }),
);

export const rewound: z.ZodType<Rewound> = named(
  "Rewound",
  z.object({
    partitions: z.array(
      z.object({ number: count, sequence: count, deliveredAgain: count, skipped: count }),
    ),
    deliveredAgain: count,
    skipped: count,
  }),
);
