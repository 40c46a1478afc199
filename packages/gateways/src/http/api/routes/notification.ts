import {
  channelChangesShape,
  channelRequestShape,
  ruleChangesShape,
  ruleRequestShape,
} from "@oxbow/platform";
import { z } from "zod";
import type { Routes } from "../route.ts";
import { deleted, number, pageFields, pageOf, text } from "../shapes/common.ts";
import {
  channel,
  channelWithSecret,
  notificationHistory,
  notificationSent,
  rule,
} from "../shapes/notification.ts";

const oneChannel = "/notifications/channels/{channel}";
const oneRule = "/notifications/rules/{rule}";

export const notificationRoutes: Routes<"notification"> = {
  "notification.createChannel": {
    method: "PUT",
    path: oneChannel,
    body: channelRequestShape,
    answer: channelWithSecret,
  },
  "notification.listChannels": {
    method: "GET",
    path: "/notifications/channels",
    query: z.strictObject(pageFields),
    answer: pageOf("Channel", channel),
  },
  "notification.getChannel": { method: "GET", path: oneChannel, answer: channel },
  "notification.editChannel": {
    method: "PATCH",
    path: oneChannel,
    body: channelChangesShape,
    answer: channelWithSecret,
  },
  "notification.deleteChannel": { method: "DELETE", path: oneChannel, answer: deleted },
  "notification.test": { method: "POST", path: `${oneChannel}/test`, answer: notificationSent },
  "notification.createRule": { method: "PUT", path: oneRule, body: ruleRequestShape, answer: rule },
  "notification.listRules": {
    method: "GET",
    path: "/notifications/rules",
    query: z.strictObject(pageFields),
    answer: pageOf("Rule", rule),
  },
  "notification.getRule": { method: "GET", path: oneRule, answer: rule },
  "notification.editRule": {
    method: "PATCH",
    path: oneRule,
    body: ruleChangesShape,
    answer: rule,
  },
  "notification.deleteRule": { method: "DELETE", path: oneRule, answer: deleted },
  "notification.history": {
    method: "GET",
    path: "/notifications",
    query: z.strictObject({
      channel: text("Those of this channel."),
      rule: text("Those of this rule."),
      outcome: z
        .enum(["waiting", "sent", "failed"])
        .optional()
        .describe("Those of which that became."),
      limit: number("1 to 1,000; 100 by default."),
    }),
    answer: notificationHistory,
  },
};
