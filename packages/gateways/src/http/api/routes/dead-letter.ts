import { z } from "zod";
import type { Routes } from "../route.ts";
import { number, pageFields, pageOf, text } from "../shapes/common.ts";
import {
  deadLetterCauses,
  deadLetterCount,
  deadLetterPage,
  deadLetterRetention,
  dropped,
  foundDeadLetter,
  resend,
  resendCounts,
  stationOfDeadLetters,
} from "../shapes/dead-letter.ts";
import { deadLetterReason } from "../shapes/station.ts";

const all = "/stations/{station}/dead-letters";
const resends = "/stations/{station}/resends";
const id = z.coerce.number<string>().int().min(1);

/** In a query; in a body the same, with `ids` beside. */
const filterFields = {
  group: text("Only those of this group."),
  reason: deadLetterReason.optional(),
  since: text("Those that died at this time (RFC 3339) or later."),
  until: text("Those that died before this time."),
  cause: text("Those of one cause: the `id` that the causes have."),
};
const filter = z.strictObject({
  ...filterFields,
  group: z.string().nullable().optional().describe("`null` for messages that were not let in."),
  ids: z.array(z.int().min(1)).optional(),
});
const edit = z.strictObject({
  payload: z.string().optional(),
  encoding: z.enum(["text", "base64"]).optional(),
  headers: z.record(z.string(), z.string().nullable()).optional(),
});
const resendFields = {
  filter,
  edit: edit.optional(),
  delayMs: z.int().min(0).optional(),
  resendsMax: z.int().min(1).optional(),
  keep: z.boolean().optional(),
  id: z
    .string()
    .optional()
    .describe("8 to 64 letters and digits: what was asked for under it is not done again."),
};
const stationResend = z.strictObject({
  ...resendFields,
  to: z.enum(["group", "station"]).optional(),
});

export const deadLetterRoutes: Routes<"deadLetter"> = {
  "deadLetter.stations": {
    method: "GET",
    path: "/dead-letters",
    query: z.strictObject(pageFields),
    answer: pageOf("StationOfDeadLetters", stationOfDeadLetters),
  },
  "deadLetter.list": {
    method: "GET",
    path: all,
    query: z.strictObject({
      ...filterFields,
      after: number("Only those behind this one: the `next` of the page before."),
      limit: number("1 to 1,000; 100 by default."),
    }),
    answer: deadLetterPage,
  },
  "deadLetter.count": {
    method: "GET",
    path: `${all}/count`,
    query: z.strictObject(filterFields),
    answer: deadLetterCount,
  },
  "deadLetter.causes": {
    method: "GET",
    path: `${all}/causes`,
    query: z.strictObject(filterFields),
    answer: deadLetterCauses,
  },
  "deadLetter.get": {
    method: "GET",
    path: `${all}/{id}`,
    params: z.object({ id }),
    answer: foundDeadLetter,
  },
  "deadLetter.drop": {
    method: "POST",
    path: `${all}/drop`,
    body: z.strictObject({ filter, isDryRun: z.boolean().optional() }),
    answer: dropped,
  },
  "deadLetter.resend": {
    method: "POST",
    path: resends,
    body: stationResend,
    answer: resend,
    status: 202,
  },
  "deadLetter.resendElsewhere": {
    method: "POST",
    path: `${resends}/elsewhere`,
    body: z.strictObject({
      ...resendFields,
      to: z
        .strictObject({
          station: z.string(),
          key: z.string().optional().describe("By default that of each message."),
        })
        .describe("Another station."),
    }),
    answer: resend,
    status: 202,
  },
  "deadLetter.foreseeResend": {
    method: "POST",
    path: `${resends}/foresee`,
    body: stationResend,
    answer: resendCounts,
  },
  "deadLetter.resends": {
    method: "GET",
    path: resends,
    query: z.strictObject(pageFields),
    answer: pageOf("Resend", resend),
  },
  "deadLetter.getResend": {
    method: "GET",
    path: `${resends}/{id}`,
    params: z.object({ id: z.string() }),
    answer: resend,
  },
  "deadLetter.cancelResend": {
    method: "POST",
    path: `${resends}/{id}/cancel`,
    params: z.object({ id: z.string() }),
    answer: resend,
  },
  "deadLetter.retention": {
    method: "GET",
    path: "/dead-letters/retention",
    answer: deadLetterRetention,
  },
  "deadLetter.setRetention": {
    method: "PATCH",
    path: "/dead-letters/retention",
    body: z
      .strictObject({
        maxAgeMs: z.int().min(0).describe("0 for ever."),
        maxMessages: z.int().min(1).nullable(),
        maxBytes: z.int().min(1).nullable(),
      })
      .partial(),
    answer: deadLetterRetention,
  },
};
