import type { Page } from "oxbow/control";
import { z } from "zod";

const limitDefault = 100;
const limitMax = 1_000;

/** How many items of a list, in a query. */
export const limitField: z.ZodType<number | undefined> = z.coerce
  .number<string>()
  .int()
  .min(1)
  .max(limitMax)
  .optional()
  .describe("1 to 1,000 items; 100 by default.");

/** How much of a list is asked for. */
export function limitOf({ limit = limitDefault }: { readonly limit?: number | undefined }): number {
  return limit;
}

/** Part of a list that is asked for. */
interface PageQuestion {
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
  readonly search?: string | undefined;
}

/** A page of a list that is there as a whole, in the order of its names. */
export function pageOfAll<Item extends { readonly name: string }>(
  all: readonly Item[],
  { after = "", search = "", ...question }: PageQuestion,
): Page<Item> {
  const found = all.filter(({ name }) => name.includes(search));
  const items = found.filter(({ name }) => name > after).slice(0, limitOf(question));
  const last = items.at(-1)?.name;
  const isMore = last !== undefined && found.some(({ name }) => name > last);
  return { items, total: found.length, next: isMore ? last : null };
}
