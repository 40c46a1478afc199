import type { Handlers, OperationsOf } from "./handler.ts";
import { pageOf } from "./pages.ts";

/** For owners of the server: only the platform of the tenant `default` answers them. */
export const tenantHandlers: Handlers<OperationsOf<"tenant">> = {
  "tenant.create": async ({ rooms, who, names, request }) =>
    (await rooms.accounts().tenantsFor(who)).create(names.tenant, request),

  "tenant.list": async ({ rooms, who, request, answerBytesMax }) => {
    const tenants = await (await rooms.accounts().tenantsFor(who)).list();
    return pageOf(tenants, ({ name }) => name, request, answerBytesMax);
  },

  "tenant.get": async ({ rooms, who, names }) =>
    (await rooms.accounts().tenantsFor(who)).get(names.tenant),

  "tenant.uses": async ({ rooms, who, request, answerBytesMax }) => {
    const uses = await rooms.accounts().usesFor(who, request.tenant);
    return pageOf(uses, ({ tenant }) => tenant, request, answerBytesMax);
  },

  "tenant.edit": async ({ rooms, who, names, request }) =>
    (await rooms.accounts().tenantsFor(who)).edit(names.tenant, request),

  "tenant.delete": async ({ rooms, who, names }) => ({
    isDeleted: await (await rooms.accounts().tenantsFor(who)).delete(names.tenant),
  }),
};
