import type { Query } from "../../api/ask.ts";
import type { StationOrder } from "../../api/types.ts";

/** What stands in the address of the page: what is looked for, and in which order. */
export interface Finding {
  readonly search?: string;
  /** With commas between them, which no tag has. */
  readonly tags?: string;
  readonly sort?: string;
  readonly only?: string;
  /** Whether one is being made. */
  readonly new?: string;
}

interface Order {
  readonly value: StationOrder;
  readonly label: string;
  readonly isDescending: boolean;
}

const byName: Order = { value: "name", label: "By name", isDescending: false };

export const orders: readonly Order[] = [
  byName,
  { value: "messages", label: "Most messages", isDescending: true },
  { value: "bytes", label: "Largest", isDescending: true },
  { value: "rate", label: "Busiest", isDescending: true },
  { value: "groups", label: "Most groups", isDescending: true },
  { value: "createdAt", label: "Newest", isDescending: true },
];

export function orderOf({ sort }: Finding): Order {
  return orders.find(({ value }) => value === sort) ?? byName;
}

/** What the server is asked for. */
export function queryOf(finding: Finding, favourites: readonly string[]): Query {
  const { value, isDescending } = orderOf(finding);
  const { search, tags, only } = finding;
  return {
    ...(search !== undefined && { search }),
    ...(tags !== undefined && { tags: tags.split(",") }),
    // With no favourites, none: no station has an empty name.
    ...(only === "favourites" && { names: favourites.length === 0 ? [""] : favourites }),
    ...(value !== "name" && { sort: value, isDescending }),
  };
}
