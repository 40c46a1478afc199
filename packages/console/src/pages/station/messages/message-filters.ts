import type { Query } from "../../../api/ask.ts";

/** What of a station's messages is shown, as it stands in the address of the page. */
export interface MessageFilters {
  /** `newest` (the default), `oldest`, or `live`. */
  readonly order?: string;
  readonly text?: string;
  readonly key?: string;
  readonly partition?: string;
  /** `name`, or `name=value`. */
  readonly header?: string;
  readonly where?: string;
  /** Times, in the clock of who looks: `2026-11-20T12:00:05`. */
  readonly from?: string;
  readonly to?: string;
  readonly fromSequence?: string;
  readonly toSequence?: string;
  /** The message that is open: `partition:sequence`. */
  readonly message?: string;
}

export type FilterName = Exclude<keyof MessageFilters, "order" | "message">;

/** What each filter is called where it is shown. */
export const filterLabels: Readonly<Record<FilterName, string>> = {
  text: "text",
  key: "key",
  partition: "partition",
  header: "header",
  where: "expression",
  from: "from",
  to: "to",
  fromSequence: "from sequence",
  toSequence: "to sequence",
};

export function filtersIn(filters: MessageFilters): FilterName[] {
  return (Object.keys(filterLabels) as FilterName[]).filter(
    (name) => (filters[name] ?? "").trim() !== "",
  );
}

/** How a search is asked for by them. */
export function searchQuery(filters: MessageFilters): Query {
  const query: Record<string, string> = {
    order: filters.order === "oldest" ? "oldest" : "newest",
  };
  for (const name of filtersIn(filters)) {
    const value = (filters[name] ?? "").trim();
    const isTime = name === "from" || name === "to";
    query[name] = isTime ? timeOf(value) : value;
  }
  return query;
}

/** A time without an offset is one of the clock of who looks; what is none is for the server to refuse. */
function timeOf(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
}

/** A message in an address. */
export function placeText({
  partition,
  sequence,
}: {
  readonly partition: number;
  readonly sequence: number;
}): string {
  return `${partition}:${sequence}`;
}

export function placeOf(
  text: string | undefined,
): { readonly partition: number; readonly sequence: number } | undefined {
  const [, partition, sequence] = /^(\d{1,6}):(\d{1,16})$/.exec(text ?? "") ?? [];
  if (partition === undefined || sequence === undefined) return undefined;
  return { partition: Number(partition), sequence: Number(sequence) };
}
