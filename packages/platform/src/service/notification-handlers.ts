import type { Channel, NotificationRecord, Rule } from "oxbow/control";
import { platformError } from "oxbow/internal";
import type { Notifications } from "../notifications/notifications.ts";
import type { Handlers, OperationsOf } from "./handler.ts";
import { pageOf } from "./pages.ts";
import type { Rooms } from "./rooms.ts";

export const notificationHandlers: Handlers<OperationsOf<"notification">> = {
  "notification.createChannel": async ({ rooms, names, request }) =>
    (await rooms.notifications()).createChannel(names.channel, request),

  "notification.listChannels": async ({ rooms, request, answerBytesMax }) => {
    const channels = (await (await rooms.notificationsIfAny())?.listChannels()) ?? [];
    return pageOf(channels, ({ name }: Channel) => name, request, answerBytesMax);
  },

  "notification.getChannel": async ({ rooms, names: { channel } }) =>
    (await notificationsWith(rooms, `channel ${channel}`)).getChannel(channel),

  "notification.editChannel": async ({ rooms, names: { channel }, request }) =>
    (await notificationsWith(rooms, `channel ${channel}`)).editChannel(channel, request),

  "notification.deleteChannel": async ({ rooms, names }) => ({
    isDeleted: (await (await rooms.notificationsIfAny())?.deleteChannel(names.channel)) ?? false,
  }),

  "notification.test": async ({ rooms, names: { channel } }) => {
    const notifications = await notificationsWith(rooms, `channel ${channel}`);
    const { name, document } = await notifications.channelDocument(channel);
    const { sendTest } = await import("../notifications/send/send-test.ts");
    return sendTest(rooms.connection, name, document.to, rooms.notifyAllowed);
  },

  "notification.createRule": async ({ rooms, names, request }) =>
    (await rooms.notifications()).createRule(names.rule, request),

  "notification.listRules": async ({ rooms, request, answerBytesMax }) => {
    const rules = (await (await rooms.notificationsIfAny())?.listRules()) ?? [];
    return pageOf(rules, ({ name }: Rule) => name, request, answerBytesMax);
  },

  "notification.getRule": async ({ rooms, names: { rule } }) =>
    (await notificationsWith(rooms, `rule ${rule}`)).getRule(rule),

  "notification.editRule": async ({ rooms, names: { rule }, request }) =>
    (await notificationsWith(rooms, `rule ${rule}`)).editRule(rule, request),

  "notification.deleteRule": async ({ rooms, names }) => ({
    isDeleted: (await (await rooms.notificationsIfAny())?.deleteRule(names.rule)) ?? false,
  }),

  "notification.history": async ({ rooms, who, request, answerBytesMax }) => {
    const isVisible = (await rooms.accountsIfAny()?.stationsFor(who, "see")) ?? (() => true);
    const isShown = ({ notice }: NotificationRecord): boolean =>
      notice.station === null || isVisible(notice.station);
    const notifications = await rooms.notificationsIfAny();
    const { records = [] } = (await notifications?.history(request, isShown)) ?? {};
    let bytes = 1_024;
    const end = records.findIndex((record) => {
      bytes += Buffer.byteLength(JSON.stringify(record)) + 1;
      return bytes > answerBytesMax;
    });
    return { records: end < 0 ? records : records.slice(0, end) };
  },
};

/** @throws OxbowError `NOTIFICATION_NOT_FOUND` if there is nothing at all */
async function notificationsWith(rooms: Rooms, what: string): Promise<Notifications> {
  const notifications = await rooms.notificationsIfAny();
  if (notifications !== undefined) return notifications;
  throw platformError("NOTIFICATION_NOT_FOUND", `there is no ${what}: create it first`);
}
