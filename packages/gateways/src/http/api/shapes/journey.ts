import type {
  Journey,
  JourneyEvent,
  JourneyGroup,
  JourneyPlace,
  JourneyProducer,
  JourneyRelative,
} from "oxbow/control";
import { z } from "zod";
import { count, time } from "./common.ts";
import { named } from "./named.ts";

const certainty = z
  .enum(["exact", "inferred"])
  .describe("Whether it is written down somewhere, or follows from what is.");
const placeFields = {
  station: z.string(),
  partition: count.describe("From 1."),
  sequence: count,
};
const place: z.ZodType<JourneyPlace> = z.object(placeFields);

const producer: z.ZodType<JourneyProducer> = named(
  "JourneyProducer",
  z.object({
    door: z.string().describe("`sdk`, `cli`, `http`, `memphis`, `ingest` or `resend`."),
    name: z.string().nullable(),
    connection: count.nullable().describe("Number of its connection, when it produced this."),
    user: z.string().nullable(),
    address: z.string().nullable(),
    library: z.string().nullable(),
    producer: z.string().nullable().describe("Its id in the list of producers, if it is there."),
  }),
);

const group: z.ZodType<JourneyGroup> = named(
  "JourneyGroup",
  z.object({
    group: z.string(),
    state: z.enum(["waiting", "in flight", "delivered", "acknowledged", "given up", "passed over"]),
    certainty,
    why: z.string().describe("By what it is known."),
    attempts: count.nullable(),
    deadLetter: count.nullable(),
  }),
);

const event: z.ZodType<JourneyEvent> = named(
  "JourneyEvent",
  z.object({
    kind: z.enum([
      "stored",
      "delivered",
      "failed",
      "acknowledged",
      "given up",
      "resent",
      "derived",
    ]),
    at: time,
    certainty,
    group: z.string().nullable(),
    attempt: count.nullable(),
    text: z.string().nullable(),
    to: place.nullable(),
  }),
);

const relative: z.ZodType<JourneyRelative> = named(
  "JourneyRelative",
  z.object({ ...placeFields, how: z.enum(["resent", "derived"]), time: time.nullable() }),
);

export const journey: z.ZodType<Journey> = named(
  "Journey",
  z.object({
    ...placeFields,
    message: z
      .object({
        time,
        subject: z.string(),
        key: z.string().nullable(),
        messageId: z.string().nullable(),
        size: count,
      })
      .nullable()
      .describe("`null` if it is not in its station any more."),
    whereabouts: z.string(),
    producer: producer
      .nullable()
      .describe("As its stamp says, which is a claim; `null` without one."),
    traceId: z.string().nullable(),
    isTraceNamed: z.boolean(),
    parents: z.array(relative).describe("What it came from, the nearest first."),
    children: z.array(relative),
    groups: z.array(group),
    events: z.array(event).describe("In the order of time."),
    gaps: z.array(z.string()).describe("What could not be looked at, and why."),
  }),
);
