import type { Handlers, OperationsOf } from "./handler.ts";

export const auditHandlers: Handlers<OperationsOf<"audit">> = {
  "audit.query": async ({ rooms, who, request }) => {
    const isVisible = await rooms.accountsIfAny()?.recordsFor(who);
    return (await rooms.audit()).query(request, isVisible);
  },
};
