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

/**
 * A report in JSON. It is written here as it is large, and always the same.
 *
 * @param messageIdOf - The ids that were given, if any were.
 */
export function batchReportText(
  outcome: BatchOutcome,
  messageIdOf: ((index: number) => string | undefined) | undefined,
): string {
  const { count: messages, errors, duplicates } = outcome;
  const isPlain = messageIdOf === undefined && errors.size === 0 && duplicates.size === 0;
  const results = (isPlain && plainResults(outcome)) || allResults(outcome, messageIdOf);
  const failed = errors.size;
  return `{"stored":${messages - failed},"failed":${failed},"results":[${results}]}`;
}

/** Of messages that are all kept, new, in one partition and without a name, which nearly all batches are; else `undefined`. */
function plainResults({ partitions, sequences }: BatchOutcome): string | undefined {
  const [partition] = partitions;
  if (partitions.some((each) => each !== partition)) return undefined;
  const head = `{"partition":${partition},"sequence":`;
  const tail = `,"isDuplicate":false,"messageId":null}`;
  return `${head}${sequences.join(`${tail},${head}`)}${tail}`;
}

function allResults(
  { errors, sequences, partitions, duplicates }: BatchOutcome,
  messageIdOf: ((index: number) => string | undefined) | undefined,
): string {
  const results = sequences.map((sequence, i) => {
    const error = errors.get(i);
    if (error !== undefined) return JSON.stringify({ problem: problemIn(error) });
    const id = JSON.stringify(messageIdOf?.(i) ?? null);
    return `{"partition":${partitions[i]},"sequence":${sequence},"isDuplicate":${duplicates.has(i)},"messageId":${id}}`;
  });
  return results.join(",");
}

function problemIn(reason: Error): Problem {
  return problemOf(reason instanceof OxbowError ? reason : explained(reason).error);
}
