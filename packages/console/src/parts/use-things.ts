import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ask } from "../api/ask.ts";
import type { Page } from "../api/types.ts";
import { useMay } from "./may.tsx";

/** Of each kind; who looks for one among more types on. */
const shownMax = 6;

interface Named {
  readonly name: string;
}

export interface Things {
  readonly groups: readonly (Named & { readonly station: string })[];
  readonly schemas: readonly Named[];
  readonly users: readonly Named[];
}

/** Groups, schemas and users with a text in their names, found by the server: there may be any number of them. */
export function useThings(search: string, isAsked: boolean): Things {
  const may = useMay();
  const groups = useFound<Things["groups"][number]>("/groups", search, isAsked);
  const schemas = useFound("/schemas", search, isAsked);
  const users = useFound("/users", search, isAsked && may("user.list"));
  return { groups, schemas, users };
}

function useFound<Item extends Named = Named>(
  where: string,
  search: string,
  isAsked: boolean,
): readonly Item[] {
  const { data } = useQuery({
    queryKey: ["found", where, search],
    queryFn: () => ask<Page<Item>>("GET", where, { query: { search, limit: shownMax } }),
    enabled: isAsked && search !== "",
    placeholderData: keepPreviousData,
  });
  return search === "" ? [] : (data?.items ?? []);
}
