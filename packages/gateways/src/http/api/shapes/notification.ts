import {
  type Channel,
  type ChannelWithSecret,
  type Notice,
  type NotificationHistory,
  type NotificationSent,
  type Rule,
  ruleKinds,
} from "oxbow/control";
import { z } from "zod";
import { count, time } from "./common.ts";
import { named } from "./named.ts";

const kind = z.enum(ruleKinds);
const shownUrl = z.string().describe("All but its server is left out.");

export const channel: z.ZodType<Channel> = named(
  "Channel",
  z.object({
    name: z.string(),
    description: z.string(),
    to: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("slack"), url: shownUrl }),
      z.object({ kind: z.literal("webhook"), url: shownUrl }),
      z.object({
        kind: z.literal("email"),
        host: z.string(),
        port: z.int(),
        security: z.enum(["tls", "starttls", "none"]),
        user: z.string().nullable(),
        from: z.string(),
        to: z.array(z.string()),
      }),
      z.object({ kind: z.literal("station"), station: z.string() }),
    ]),
    perMinuteMax: count,
    isPaused: z.boolean(),
    createdAt: time,
  }),
);

export const channelWithSecret: z.ZodType<ChannelWithSecret> = named(
  "ChannelWithSecret",
  z.object({ channel, secret: z.string().nullable().describe("Told this once.") }),
);

export const rule: z.ZodType<Rule> = named(
  "Rule",
  z.object({
    name: z.string(),
    description: z.string(),
    when: kind,
    channels: z.array(z.string()),
    stations: z.array(z.string()),
    groups: z.array(z.string()),
    lagMessagesMax: count.nullable(),
    lagMsMax: count.nullable(),
    idleMs: count.nullable(),
    fullPercent: count.nullable(),
    quietMs: count,
    isPaused: z.boolean(),
    createdAt: time,
  }),
);

const notice: z.ZodType<Notice> = named(
  "Notice",
  z.object({
    id: z.string(),
    at: time,
    rule: z.string().nullable(),
    when: z.union([kind, z.literal("test")]),
    state: z.enum(["event", "raised", "recovered"]),
    station: z.string().nullable(),
    group: z.string().nullable(),
    count,
    title: z.string(),
    text: z.string(),
  }),
);

export const notificationHistory: z.ZodType<NotificationHistory> = named(
  "NotificationHistory",
  z.object({
    records: z.array(
      named(
        "NotificationRecord",
        z.object({
          channel: z.string(),
          outcome: z.enum(["waiting", "sent", "failed"]),
          attempts: count,
          triedAt: time.nullable(),
          error: z.string().nullable(),
          notice,
        }),
      ),
    ),
  }),
);

export const notificationSent: z.ZodType<NotificationSent> = named(
  "NotificationSent",
  z.object({ answer: z.string().describe("What the other side said."), notice }),
);
