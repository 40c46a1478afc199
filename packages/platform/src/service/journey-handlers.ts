import type { Handlers, OperationsOf } from "./handler.ts";

export const journeyHandlers: Handlers<OperationsOf<"message">> = {
  "message.journey": async ({ rooms, who, names: { station }, request }) => {
    const isVisible = await rooms.visibleTo(who, "see");
    return (await rooms.journeys()).of({ station, ...request }, isVisible);
  },
};
