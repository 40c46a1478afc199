import type { Handlers, OperationsOf } from "./handler.ts";
import { isNamed, pageOf } from "./pages.ts";

/** All are answered once the server does as they say. */
export const userHandlers: Handlers<OperationsOf<"user">> = {
  "user.create": async ({ rooms, who, names, request }) => {
    const { tenant, ...settings } = request;
    return (await rooms.accounts().usersFor(who, textOf(tenant))).create(names.user, settings);
  },

  "user.list": async ({ rooms, who, request, answerBytesMax }) => {
    const users = await (await rooms.accounts().usersFor(who, request.tenant)).list();
    return pageOf(users.filter(isNamed(request)), ({ name }) => name, request, answerBytesMax);
  },

  "user.get": async ({ rooms, who, names, request }) =>
    (await rooms.accounts().usersFor(who, request.tenant)).get(names.user),

  "user.edit": async ({ rooms, who, names, request }) => {
    const { tenant, ...changes } = request;
    return (await rooms.accounts().usersFor(who, textOf(tenant))).edit(names.user, changes);
  },

  "user.setPassword": async ({ rooms, who, names, request: { tenant, password } }) =>
    (await rooms.accounts().usersFor(who, tenant)).setPassword(names.user, password),

  "user.checkPassword": async ({ rooms, who, names, request: { tenant, password } }) => ({
    isSame: await (await rooms.accounts().usersFor(who, tenant)).hasPassword(names.user, password),
  }),

  "user.changePassword": ({ rooms, who, request }) => rooms.accounts().changePassword(who, request),

  "user.addKey": async ({ rooms, who, names, request }) => {
    const { tenant, ...settings } = request;
    return (await rooms.accounts().usersFor(who, textOf(tenant))).addKey(names.user, settings);
  },

  "user.removeKey": async ({ rooms, who, names, request: { tenant, id } }) => ({
    isDeleted: await (await rooms.accounts().usersFor(who, tenant)).removeKey(names.user, id),
  }),

  "user.delete": async ({ rooms, who, names, request: { tenant } }) => ({
    isDeleted: await (await rooms.accounts().usersFor(who, tenant)).delete(names.user),
  }),
};

/** Where the shape of the request does not say so: what is no text is no name of a tenant, and is refused as one. */
function textOf(tenant: unknown): string | undefined {
  return tenant === undefined ? undefined : String(tenant);
}
