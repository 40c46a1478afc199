import type { Station } from "oxbow/internal";
import { z } from "zod";
import { flag, number, text } from "../../api/shapes/common.ts";
import { httpError } from "../../errors.ts";
import { readCursor } from "../cursor.ts";
import { ExpressionMistake } from "./expression-mistake.ts";
import type { FilterQuestion, HeaderDemand } from "./message-filter.ts";
import { searchLimits } from "./search-limits.ts";
import type { SearchQuestion } from "./station-search.ts";

const moment = z.iso.datetime({ offset: true }).optional();
const header = z.string().min(1).max(2_000);

/** What messages are looked for by. */
export interface SearchQuery {
  readonly order: "newest" | "oldest";
  readonly key?: string | undefined;
  readonly partition?: number | undefined;
  readonly header?: string | string[] | undefined;
  readonly text?: string | undefined;
  readonly ignoreCase?: boolean | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly fromSequence?: number | undefined;
  readonly toSequence?: number | undefined;
  readonly where?: string | undefined;
  readonly after?: string | undefined;
}

/** The same, as it stands in a query. */
export const searchFields: {
  readonly [Field in keyof SearchQuery]-?: z.ZodType<SearchQuery[Field]>;
} = {
  order: z.enum(["newest", "oldest"]).default("newest"),
  key: text("Only messages whose key matches, with `*` and `>`."),
  partition: number("Only this partition."),
  header: z
    .union([header, z.array(header).max(searchLimits.headersMax)])
    .optional()
    .describe("`name`, or `name=value`; may be given more than once, and all are demanded."),
  text: z.string().max(searchLimits.textCharsMax).optional().describe("What the payload contains."),
  ignoreCase: flag("Whether `text` is found in any case."),
  from: moment.describe("Stored at this time or later, to the millisecond."),
  to: moment.describe("Stored at this time or earlier, to the millisecond."),
  fromSequence: number("From this sequence on, in each partition."),
  toSequence: number("Up to this sequence, in each partition."),
  where: z
    .string()
    .max(searchLimits.expressionCharsMax)
    .optional()
    .describe(
      "An expression in CEL over `key`, `headers`, `value`, `time`, `sequence`, `partition` and `size`: `value.amount > 100 && key.startsWith('eu.')`.",
    ),
  after: text("Where the search before has stopped: its `next`."),
};

/** What is looked for, and where, of a query. @throws OxbowError `HTTP_REQUEST_INVALID` */
export async function searchOf(
  query: SearchQuery,
  station: Station,
  limit: number,
): Promise<{ readonly filter: FilterQuestion; readonly question: SearchQuestion }> {
  const { partition, after, where, from, to, header = [] } = query;
  if (partition !== undefined && !station.partitions.some((each) => each.number === partition)) {
    const message = `station ${station.name} has ${station.partitions.length} partitions`;
    throw httpError("HTTP_REQUEST_INVALID", message);
  }
  const fromMs = from === undefined ? undefined : Date.parse(from);
  const toMs = to === undefined ? undefined : Date.parse(to);
  const { text, ignoreCase, order, key, fromSequence, toSequence } = query;
  const cursor = after === undefined ? undefined : readCursor(after);
  const isExpression = where !== undefined && where.trim() !== "";
  return {
    filter: {
      headers: (Array.isArray(header) ? header : [header]).map(demandOf),
      ...{ text, ignoreCase, fromMs, toMs },
      expression: isExpression ? await expressionOf(where) : undefined,
    },
    question: { order, limit, key, partition, fromSequence, toSequence, fromMs, toMs, cursor },
  };
}

function demandOf(text: string): HeaderDemand {
  const at = text.indexOf("=");
  if (at < 1) return { name: text, value: undefined };
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}

/** The library is there once the first expression comes. */
async function expressionOf(where: string): Promise<FilterQuestion["expression"]> {
  const { Expression } = await import("./expression.ts");
  try {
    return new Expression(where);
  } catch (cause) {
    if (!(cause instanceof ExpressionMistake)) throw cause;
    const { message, offset } = cause;
    throw httpError("EXPRESSION_INVALID", `where, character ${offset + 1}: ${message}`, { cause });
  }
}
