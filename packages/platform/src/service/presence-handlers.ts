import type { Producer } from "oxbow/control";
import type { Call, Handlers, OperationsOf } from "./handler.ts";
import { pageOf } from "./pages.ts";

/** Between what the list goes by: it is in no name. */
const separator = "\u0000";

export const presenceHandlers: Handlers<OperationsOf<"producer"> | OperationsOf<"consumer">> = {
  "producer.list": async (call) => {
    const { rooms, request } = call;
    const isVisible = await visible(call);
    const producers = (await rooms.presence.producers(stationOf(request))).filter(isVisible);
    const keyOf = ({ station, name, id }: Producer): string => [station, name, id].join(separator);
    return pageOf(producers, keyOf, request, call.answerBytesMax);
  },

  "consumer.list": async (call) => {
    const { rooms, request } = call;
    const isVisible = await visible(call);
    const filter = {
      ...stationOf(request),
      ...(request.group !== undefined && { group: request.group }),
    };
    const consumers = (await rooms.presence.consumers(filter)).filter(isVisible);
    return pageOf(
      consumers,
      ({ station, group, name, id }) => [station, group, name, id].join(separator),
      request,
      call.answerBytesMax,
    );
  },
};

/** Whether a list may tell who asks of somebody. @throws OxbowError `ACCESS_DENIED` for a station that it may not see */
async function visible({
  rooms,
  who,
  request: { station },
}: Call<"producer.list" | "consumer.list">): Promise<(one: Producer) => boolean> {
  if (station !== undefined) await rooms.accountsIfAny()?.requireRight(who, "see", station);
  const isVisible = await rooms.visibleTo(who, "see");
  return (one) => isVisible(one.station);
}

function stationOf({ station }: { readonly station?: string }): { readonly station?: string } {
  return station === undefined ? {} : { station };
}
