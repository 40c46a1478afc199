import type { NameKind, OperationName, Requester } from "oxbow/control";
import type { Rooms } from "./rooms.ts";

type Names = Readonly<Partial<Record<NameKind, string>>>;

interface Asked {
  readonly rooms: Rooms;
  readonly who: Requester | null;
}

/**
 * What an operation is done to, as it is now, for the record of it.
 *
 * @returns `null` if it is not there, or can't be looked at, by who asks either.
 */
export async function stateOf(
  { rooms, who }: Asked,
  operation: OperationName,
  names: Names,
  request: unknown,
): Promise<unknown> {
  try {
    return (await found({ rooms, who }, operation, names, request)) ?? null;
  } catch {
    // What is wrong with it, the operation says.
    return null;
  }
}

async function found(
  { rooms, who }: Asked,
  operation: OperationName,
  names: Names,
  request: unknown,
): Promise<unknown> {
  const { station = "", group = "", schema = "", user = "", tenant = "" } = names;
  const { channel, rule, ingest } = names;
  switch (operation.split(".")[0]) {
    case "station":
      if (station === "") return (await rooms.defaults()).read();
      return (await rooms.stations()).find(station);
    case "group":
      return (await rooms.groups()).find(station, group);
    case "schema":
      return (await rooms.schemasIfAny())?.find(schema);
    case "attachment":
      return (await rooms.schemasIfAny())?.attachment(station);
    case "deadLetter":
      if (operation !== "deadLetter.setRetention") return undefined;
      return (await rooms.deadLetters()).retention();
    case "user":
      if (user === "") return rooms.accounts().ownState(who);
      return rooms.accounts().stateOfUser(who, user, request);
    case "tenant":
      return rooms.accounts().stateOfTenant(who, tenant);
    case "notification": {
      const notifications = await rooms.notificationsIfAny();
      if (channel !== undefined) return notifications?.findChannel(channel);
      return rule === undefined ? undefined : notifications?.findRule(rule);
    }
    case "ingest":
      return (await rooms.ingestsIfAny())?.look(station, ingest ?? "");
    default:
      return undefined;
  }
}
