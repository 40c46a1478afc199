import type { JsonValue } from "../../json/shape.ts";

/** Names on one page of a list. */
export const NAMES_PER_PAGE = 1024;
/** Whole descriptions on one page of a list. */
export const INFOS_PER_PAGE = 256;

/** One page of `all`, with what paged answers say about it. */
export function page<T>(
  all: readonly T[],
  offset: number,
  limit: number,
): { readonly items: T[]; readonly members: { readonly [name: string]: JsonValue } } {
  const start = Math.min(Math.max(0, offset), all.length);
  const members = { total: all.length, offset: start, limit };
  return { items: all.slice(start, start + limit), members };
}

/** What a refused request for a page says beside the error. */
export const NO_PAGE: { readonly [name: string]: JsonValue } = { total: 0, offset: 0, limit: 0 };
