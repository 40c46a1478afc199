import { queryOptions } from "@tanstack/react-query";
import type { Channel, HistoryQuestion, NotificationHistory, Rule } from "oxbow/control";
import { ask } from "./ask.ts";
import { list } from "./questions.ts";

const everyMs = 5_000;
const historyMax = 200;

export const channelsQuestion = queryOptions({
  queryKey: ["notifications", "channels"],
  queryFn: () => list<Channel>("/notifications/channels"),
  refetchInterval: everyMs,
});

export const rulesQuestion = queryOptions({
  queryKey: ["notifications", "rules"],
  queryFn: () => list<Rule>("/notifications/rules"),
  refetchInterval: everyMs,
});

export function historyQuestion(filter: Omit<HistoryQuestion, "limit">) {
  return queryOptions({
    queryKey: ["notifications", "history", filter],
    queryFn: () =>
      ask<NotificationHistory>("GET", "/notifications", {
        query: { ...filter, limit: historyMax },
      }),
    refetchInterval: everyMs,
  });
}
