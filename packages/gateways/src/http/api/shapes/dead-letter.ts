import type {
  DeadLetterCauses,
  DeadLetterCount,
  DeadLetterPage,
  DeadLetterRetention,
  Dropped,
  FoundDeadLetter,
  Resend,
  ResendCounts,
  StationOfDeadLetters,
} from "oxbow/control";
import { z } from "zod";
import { count, time } from "./common.ts";
import { named } from "./named.ts";
import { deadLetterReason } from "./station.ts";

const letterFields = {
  id: count,
  station: z.string(),
  group: z.string().nullable().describe("`null` for a message that was not let in."),
  reason: deadLetterReason,
  error: z.string().describe("What the member or the gate said."),
  stream: z.string().nullable(),
  partition: count.nullable(),
  sequence: count.nullable(),
  subject: z.string(),
  time: time.nullable(),
  attempts: count.nullable(),
  diedAt: time,
  missing: z.string().nullable().describe("Why the message itself is not here."),
  resends: count,
  rule: z.string().nullable(),
  path: z.string().nullable(),
  schema: z.string().nullable(),
  schemaVersion: count.nullable(),
  client: z.string().nullable(),
  areHeadersLost: z.boolean(),
  size: count,
};

export const deadLetterCauses: z.ZodType<DeadLetterCauses> = named(
  "DeadLetterCauses",
  z.object({
    causes: z
      .array(
        z.object({
          id: z.string().describe("What dead letters can be filtered by."),
          group: letterFields.group,
          reason: deadLetterReason,
          schema: letterFields.schema,
          rule: letterFields.rule,
          path: letterFields.path,
          error: z.string().describe("Of the last of them."),
          count,
          firstAt: time,
          lastAt: time,
        }),
      )
      .describe("The most frequent first, at most 100."),
    count: count.describe("Dead letters of all causes."),
    others: count.describe("Of these, those of causes that are not told apart."),
  }),
);

export const deadLetterPage: z.ZodType<DeadLetterPage> = named(
  "DeadLetterPage",
  z.object({
    letters: z.array(named("DeadLetter", z.object(letterFields))),
    next: count.nullable(),
  }),
);

export const foundDeadLetter: z.ZodType<FoundDeadLetter> = named(
  "FoundDeadLetter",
  z.object({
    letter: named(
      "DeadLetterContent",
      z.object({
        ...letterFields,
        headers: z.array(z.tuple([z.string(), z.string()])),
        payload: z.base64(),
        isPayloadCut: z.boolean(),
      }),
    ),
  }),
);

export const stationOfDeadLetters: z.ZodType<StationOfDeadLetters> = named(
  "StationOfDeadLetters",
  z.object({ station: z.string(), count }),
);

export const deadLetterCount: z.ZodType<DeadLetterCount> = named(
  "DeadLetterCount",
  z.object({ count }),
);

export const dropped: z.ZodType<Dropped> = named("Dropped", z.object({ dropped: count }));

const countFields = {
  matched: count,
  sent: count,
  skipped: count,
  failed: count,
  problems: z.array(z.string()),
};

export const resendCounts: z.ZodType<ResendCounts> = named("ResendCounts", z.object(countFields));

export const resend: z.ZodType<Resend> = named(
  "Resend",
  z.object({
    ...countFields,
    id: z.string(),
    createdAt: time,
    state: z.enum(["waiting", "running", "done", "cancelled"]),
    station: z.string().nullable(),
    to: z.union([
      z.enum(["group", "station"]),
      z.object({ station: z.string(), key: z.string().optional() }),
    ]),
    keep: z.boolean(),
    delayMs: count,
    resendsMax: count.nullable(),
    startedAt: time.nullable(),
    endedAt: time.nullable(),
  }),
);

export const deadLetterRetention: z.ZodType<DeadLetterRetention> = named(
  "DeadLetterRetention",
  z.object({ maxAgeMs: count, maxMessages: count.nullable(), maxBytes: count.nullable() }),
);
