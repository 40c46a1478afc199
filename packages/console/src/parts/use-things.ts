import { queryOptions, useQuery } from "@tanstack/react-query";
import type { Page, User } from "oxbow/control";
import { ask } from "../api/ask.ts";
import { schemasQuestion } from "../api/questions.ts";
import type { Group } from "../api/types.ts";
import { useMay } from "./may.tsx";

/** What is looked through; there may be far more groups, which are found on the pages of their stations. */
const itemsMax = 1_000;
const staleMs = 15_000;

const someGroups = queryOptions({
  queryKey: ["groups", "some"],
  queryFn: () => ask<Page<Group>>("GET", "/groups", { query: { limit: itemsMax } }),
  staleTime: staleMs,
});
const someUsers = queryOptions({
  queryKey: ["users", "some"],
  queryFn: () => ask<Page<User>>("GET", "/users", { query: { limit: itemsMax } }),
  staleTime: staleMs,
});

export interface Things {
  readonly groups: readonly { readonly station: string; readonly name: string }[];
  readonly schemas: readonly string[];
  readonly users: readonly string[];
}

/** Groups, schemas and users by their names, asked for while somebody looks for something. */
export function useThings(isAsked: boolean): Things {
  const may = useMay();
  const once = { refetchInterval: false, staleTime: staleMs } as const;
  const groups = useQuery({ ...someGroups, enabled: isAsked });
  const schemas = useQuery({ ...schemasQuestion, ...once, enabled: isAsked });
  const users = useQuery({ ...someUsers, enabled: isAsked && may("user.list") });
  return {
    groups: (groups.data?.items ?? []).map(({ station, name }) => ({ station, name })),
    schemas: (schemas.data ?? []).map(({ name }) => name),
    users: (users.data?.items ?? []).map(({ name }) => name),
  };
}
