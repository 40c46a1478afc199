import { OxbowError } from "@oxbow/base";
import type { Acknowledgement } from "oxbow";
import type { BatchOutcome } from "oxbow/internal";
import { z } from "zod";
import { count } from "../api/shapes/common.ts";
import { named } from "../api/shapes/named.ts";
import { problemShape } from "../api/shapes/problem.ts";
import type { BatchAcknowledgement, BatchReport, Problem } from "../contract/index.ts";
import { explained } from "../problems/explained.ts";
import { problemOf } from "../problems/problem.ts";

const fields = {
  partition: count.describe("From 1."),
  sequence: count,
  isDuplicate: z.boolean().describe("Whether the station had a message of this id already."),
};

/** Of a single message. */
export const acknowledgement: z.ZodType<Acknowledgement> = named(
  "Acknowledgement",
  z.object({ ...fields, messageId: z.string() }),
);

const batchAcknowledgement: z.ZodType<BatchAcknowledgement> = named(
  "BatchAcknowledgement",
  z.object({ ...fields, messageId: z.string().nullable().describe("The one that it was given.") }),
);

export const batchReport: z.ZodType<BatchReport> = named(
  "BatchReport",
  z.object({
    stored: count,
    failed: count,
    results: z.array(z.union([batchAcknowledgement, z.object({ problem: problemShape })])),
  }),
);

/** How a result ends of which nobody gave the id. */
const unnamed = ',"isDuplicate":false,"messageId":null}';

/** A report in JSON. It is written here as it is large, and always the same. */
export function batchReportText(
  outcome: BatchOutcome,
  messageIdOf: (index: number) => string | undefined,
): string {
  const { count: messages, errors, sequences, partitions, duplicates } = outcome;
  let results = "";
  let partition: number | undefined;
  let head = "";
  for (let i = 0; i < messages; i++) {
    if (i > 0) results += ",";
    const error = errors.size === 0 ? undefined : errors.get(i);
    if (error !== undefined) {
      results += JSON.stringify({ problem: problemIn(error) });
      continue;
    }
    if (partitions[i] !== partition) {
      partition = partitions[i];
      head = `{"partition":${partition},"sequence":`;
    }
    results += head + sequences[i];
    const id = messageIdOf(i);
    if (id === undefined && duplicates.size === 0) results += unnamed;
    else {
      results += `,"isDuplicate":${duplicates.has(i)},"messageId":${JSON.stringify(id ?? null)}}`;
    }
  }
  const failed = errors.size;
  return `{"stored":${messages - failed},"failed":${failed},"results":[${results}]}`;
}

function problemIn(reason: Error): Problem {
  return problemOf(reason instanceof OxbowError ? reason : explained(reason).error);
}
