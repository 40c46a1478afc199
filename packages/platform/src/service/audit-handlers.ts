import type { Handlers, OperationsOf } from "./handler.ts";

export const auditHandlers: Handlers<OperationsOf<"audit">> = {
  "audit.query": async ({ rooms, who, request }) => {
    await rooms.accountsIfAny()?.requireRuler(who);
    return (await rooms.audit()).query(request);
  },
};
