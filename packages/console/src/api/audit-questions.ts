import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { AuditAnswer, AuditEntry } from "oxbow/control";
import { ask } from "./ask.ts";

/** Which records are asked for. */
export interface AuditFilter {
  readonly user?: string;
  readonly operation?: string;
  readonly name?: string;
  /** Times as of RFC 3339. */
  readonly since?: string;
  readonly until?: string;
}

const pageMax = 50;
const downloadPageMax = 1_000;
/** Records in one file; who needs more asks the API. */
export const downloadMax = 50_000;

function page(filter: AuditFilter, before: number | undefined, limit: number) {
  return ask<AuditAnswer>("GET", "/audit", {
    query: { ...filter, order: "newest", before, limit },
  });
}

export function auditQuestion(filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam }) => page(filter, pageParam, pageMax),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** One record by its sequence; `null` if there is none any more. */
export function auditEntryQuestion(sequence: number) {
  return queryOptions({
    queryKey: ["audit", "entry", sequence],
    queryFn: async () => {
      const { entries } = await page({}, sequence + 1, 1);
      return entries.find((entry) => entry.sequence === sequence) ?? null;
    },
  });
}

/** Everything that matches, the newest first, as lines of JSON. */
export async function auditLines(filter: AuditFilter): Promise<string> {
  const lines: string[] = [];
  let before: number | undefined;
  do {
    const { entries, next }: AuditAnswer = await page(filter, before, downloadPageMax);
    for (const entry of entries satisfies readonly AuditEntry[]) lines.push(JSON.stringify(entry));
    before = next ?? undefined;
  } while (before !== undefined && lines.length < downloadMax);
  return lines.slice(0, downloadMax).join("\n");
}
