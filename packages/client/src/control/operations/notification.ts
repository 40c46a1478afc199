import type { Deleted, Nothing, Page, PageRequest } from "../types/common.ts";
import type {
  Channel,
  ChannelChanges,
  ChannelRequest,
  ChannelWithSecret,
  HistoryQuestion,
  NotificationHistory,
  NotificationSent,
  Rule,
  RuleChanges,
  RuleRequest,
} from "../types/notification.ts";
import {
  change,
  type Entries,
  none,
  type Operation,
  ofChannel,
  ofRule,
  read,
} from "./operation.ts";

/** What is asked about notifications. */
export interface NotificationOperations {
  "notification.createChannel": Operation<["channel"], ChannelRequest, ChannelWithSecret>;
  "notification.listChannels": Operation<[], PageRequest, Page<Channel>>;
  "notification.getChannel": Operation<["channel"], Nothing, Channel>;
  "notification.editChannel": Operation<["channel"], ChannelChanges, ChannelWithSecret>;
  "notification.deleteChannel": Operation<["channel"], Nothing, Deleted>;
  "notification.test": Operation<["channel"], Nothing, NotificationSent>;
  "notification.createRule": Operation<["rule"], RuleRequest, Rule>;
  "notification.listRules": Operation<[], PageRequest, Page<Rule>>;
  "notification.getRule": Operation<["rule"], Nothing, Rule>;
  "notification.editRule": Operation<["rule"], RuleChanges, Rule>;
  "notification.deleteRule": Operation<["rule"], Nothing, Deleted>;
  "notification.history": Operation<[], HistoryQuestion, NotificationHistory>;
}

export const notificationOperations: Entries<NotificationOperations> = {
  "notification.createChannel": {
    ...change,
    subject: "NOTIFICATION.CREATE_CHANNEL",
    names: ofChannel,
    summary: "makes a channel for notifications: Slack, a webhook, e-mail or a station",
    request: "ChannelRequest",
    response: "ChannelWithSecret",
  },
  "notification.listChannels": {
    ...read,
    subject: "NOTIFICATION.LIST_CHANNELS",
    names: [],
    summary: "lists channels by name, without their secrets",
    request: "PageRequest",
    response: "Page<Channel>",
  },
  "notification.getChannel": {
    ...read,
    subject: "NOTIFICATION.GET_CHANNEL",
    names: ofChannel,
    summary: "describes a channel, without its secrets",
    request: none,
    response: "Channel",
  },
  "notification.editChannel": {
    ...change,
    subject: "NOTIFICATION.EDIT_CHANNEL",
    names: ofChannel,
    summary: "changes a channel; what is not given stays",
    request: "ChannelChanges",
    response: "ChannelWithSecret",
  },
  "notification.deleteChannel": {
    ...change,
    subject: "NOTIFICATION.DELETE_CHANNEL",
    names: ofChannel,
    summary: "deletes a channel that no rule uses, with what waits for it",
    request: none,
    response: "Deleted",
  },
  "notification.test": {
    ...change,
    subject: "NOTIFICATION.TEST",
    names: ofChannel,
    summary: "sends a notification to a channel, once, and tells what came of it",
    request: none,
    response: "NotificationSent",
  },
  "notification.createRule": {
    ...change,
    subject: "NOTIFICATION.CREATE_RULE",
    names: ofRule,
    summary: "makes a rule: what is told of, and on which channels",
    request: "RuleRequest",
    response: "Rule",
  },
  "notification.listRules": {
    ...read,
    subject: "NOTIFICATION.LIST_RULES",
    names: [],
    summary: "lists rules by name",
    request: "PageRequest",
    response: "Page<Rule>",
  },
  "notification.getRule": {
    ...read,
    subject: "NOTIFICATION.GET_RULE",
    names: ofRule,
    summary: "describes a rule",
    request: none,
    response: "Rule",
  },
  "notification.editRule": {
    ...change,
    subject: "NOTIFICATION.EDIT_RULE",
    names: ofRule,
    summary: "changes a rule while it is in force",
    request: "RuleChanges",
    response: "Rule",
  },
  "notification.deleteRule": {
    ...change,
    subject: "NOTIFICATION.DELETE_RULE",
    names: ofRule,
    summary: "deletes a rule; what it has found is sent still",
    request: none,
    response: "Deleted",
  },
  "notification.history": {
    ...read,
    subject: "NOTIFICATION.HISTORY",
    names: [],
    summary: "tells which notifications were sent, failed, or wait, the latest first",
    request: "HistoryQuestion",
    response: "NotificationHistory",
  },
};
