import { isPattern, matchesPattern } from "oxbow/internal";
import type { Handlers, OperationsOf } from "./handler.ts";
import { isNamed, pageOf } from "./pages.ts";

/** Behind the name of a station, so that groups are in the order of stations first. */
const separator = "\u0000";

export const groupHandlers: Handlers<OperationsOf<"group">> = {
  "group.create": async ({ rooms, names: { station, group }, request }) =>
    (await rooms.groups()).create(station, group, request),

  "group.list": async ({ rooms, who, request, answerBytesMax }) => {
    const { station: wanted, group } = request;
    const isMany = wanted !== undefined && isPattern(wanted);
    if (wanted !== undefined && !isMany) {
      await rooms.accountsIfAny()?.requireRight(who, "see", wanted);
    }
    const isVisible = await rooms.visibleTo(who, "see");
    const all = await (await rooms.groups()).list(isMany ? undefined : wanted);
    const isSought = isNamed(request);
    const groups = all.filter(
      ({ station, name }) =>
        isSought({ name }) &&
        isVisible(station) &&
        (!isMany || matchesPattern(wanted, station)) &&
        (group === undefined || group.toLowerCase() === name.toLowerCase()),
    );
    const keyOf = ({ station, name }: { station: string; name: string }): string =>
      `${station}${separator}${name}`;
    return pageOf(groups, keyOf, request, answerBytesMax);
  },

  "group.get": async ({ rooms, names: { station, group } }) =>
    (await rooms.groups()).get(station, group),

  "group.edit": async ({ rooms, names: { station, group }, request }) =>
    (await rooms.groups()).edit(station, group, request),

  "group.pause": async ({ rooms, names: { station, group }, request }) =>
    (await rooms.groups()).pause(station, group, new Date(request.until)),

  "group.resume": async ({ rooms, names: { station, group } }) =>
    (await rooms.groups()).resume(station, group),

  "group.lag": async ({ rooms, names: { station, group } }) =>
    (await rooms.groups()).lag(station, group),

  "group.rewind": async ({ rooms, names: { station, group }, request }) => {
    const { to, ...options } = request;
    return (await rooms.groups()).rewind(station, group, to, options);
  },

  "group.delete": async ({ rooms, names: { station, group } }) => ({
    isDeleted: await (await rooms.groups()).delete(station, group),
  }),
};
