import { queryOptions } from "@tanstack/react-query";
import type { Tenant, TenantUse, User } from "oxbow/control";
import { ask, path } from "./ask.ts";
import { list } from "./questions.ts";

/** @param tenant - By default that of who asks. */
export function usersQuestion(tenant: string | undefined) {
  return queryOptions({
    queryKey: ["users", tenant ?? ""],
    queryFn: () => list<User>("/users", { tenant }),
    refetchInterval: 10_000,
  });
}

export function userQuestion(user: string, tenant: string | undefined) {
  return queryOptions({
    queryKey: ["users", tenant ?? "", user],
    queryFn: () => ask<User>("GET", path`/users/${user}`, { query: { tenant } }),
    refetchInterval: 10_000,
  });
}

export const tenantsQuestion = queryOptions({
  queryKey: ["tenants"],
  queryFn: () => list<Tenant>("/tenants"),
  refetchInterval: 10_000,
});

/** What tenants use now, by their names. */
export const tenantUsesQuestion = queryOptions({
  queryKey: ["tenant-uses"],
  queryFn: async () => {
    const uses = await list<TenantUse>("/tenant-uses");
    return new Map(uses.map((use) => [use.tenant, use]));
  },
  refetchInterval: 10_000,
});
