import type { ChannelKind, ChannelTarget, Rule, RuleKind } from "oxbow/control";
import { countText, spanText } from "../../parts/numbers.ts";

export const channelWords: Readonly<Record<ChannelKind, { title: string; text: string }>> = {
  slack: {
    title: "Slack",
    text: "An incoming webhook of Slack, or of what takes the same, such as Mattermost.",
  },
  webhook: {
    title: "Webhook",
    text: "A web server that is sent JSON, signed as the specification Standard Webhooks says.",
  },
  email: { title: "E-mail", text: "Mail by a server of yours that takes it (SMTP)." },
  station: {
    title: "Station",
    text: "A station of this server: each notification is a message there, for programs to take.",
  },
};

/** Where a channel leads, as far as it is told. */
export function targetText(to: ChannelTarget): string {
  switch (to.kind) {
    case "email":
      return `${to.to.join(", ")} by ${to.host}:${to.port}`;
    case "station":
      return to.station;
    default:
      return to.url;
  }
}

interface KindWords {
  readonly title: string;
  /** Behind `When`. */
  readonly event: string;
  /** Whether it is about groups, too. */
  readonly hasGroups: boolean;
  /** Whether it lasts, so that its end is told. */
  readonly lasts: boolean;
}

export const ruleWords: Readonly<Record<RuleKind, KindWords>> = {
  deadLetter: {
    title: "A message became a dead letter",
    event: "a message becomes a dead letter",
    hasGroups: true,
    lasts: false,
  },
  schemaRefused: {
    title: "A message did not fit its schema",
    event: "a message does not fit the schema of its station",
    hasGroups: false,
    lasts: false,
  },
  groupLag: {
    title: "A group is too far behind",
    event: "a group is behind",
    hasGroups: true,
    lasts: true,
  },
  producerGone: {
    title: "A producer is gone",
    event: "a producer is not connected any more",
    hasGroups: false,
    lasts: false,
  },
  consumerGone: {
    title: "A member of a group is gone",
    event: "a member of a group is not connected any more",
    hasGroups: true,
    lasts: false,
  },
  storageFilling: {
    title: "Storage is almost full",
    event:
      "the disk, a quota, or a station that refuses what is new when it is full, is almost full",
    hasGroups: false,
    lasts: true,
  },
  stationIdle: {
    title: "A station takes nothing",
    event: "nothing is stored in a station",
    hasGroups: false,
    lasts: true,
  },
  engineUnhealthy: {
    title: "The server is not well",
    event: "the server stores nothing any more, or does not answer",
    hasGroups: false,
    lasts: true,
  },
};

/** What a rule is about, as far as a sentence needs it. */
export type RuleFacts = Omit<Rule, "name" | "description" | "isPaused" | "createdAt">;

/** The rule in plain words. */
export function ruleText(rule: RuleFacts): string {
  const { when, channels, quietMs } = rule;
  const { event, lasts } = ruleWords[when];
  const told = channels.length === 0 ? "nobody is told yet" : `${named(channels)} is told`;
  const over = lasts ? ", and once more when that is over" : "";
  const often =
    quietMs === 0
      ? "Each time."
      : `Of the same at most once in ${spanText(quietMs)}; what is left out is counted in the next one.`;
  return `When ${event}${boundText(rule)}${whereText(rule)}, ${told}${over}. ${often}`;
}

function boundText({ when, lagMessagesMax, lagMsMax, idleMs, fullPercent }: RuleFacts): string {
  switch (when) {
    case "groupLag": {
      const bounds = [
        ...(lagMessagesMax === null ? [] : [`${countText(lagMessagesMax)} messages`]),
        ...(lagMsMax === null ? [] : [spanText(lagMsMax)]),
      ];
      return bounds.length === 0 ? "" : ` by more than ${bounds.join(" or ")}`;
    }
    case "stationIdle":
      return idleMs === null ? "" : ` for ${spanText(idleMs)}`;
    case "storageFilling":
      return ` (${fullPercent ?? 85} %)`;
    default:
      return "";
  }
}

function whereText({ when, stations, groups }: RuleFacts): string {
  if (when === "engineUnhealthy") return "";
  const isAll = (patterns: readonly string[]): boolean =>
    patterns.length === 0 || patterns.includes("*");
  const of = ruleWords[when].hasGroups && !isAll(groups) ? `, of the groups ${named(groups)}` : "";
  return isAll(stations) ? of : `${of}, in the stations ${named(stations)}`;
}

function named(names: readonly string[]): string {
  return names.length < 2
    ? (names[0] ?? "")
    : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
