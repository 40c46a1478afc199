import { formatDurationMs } from "@oxbow/server/units";
import type { Channel, ChannelTarget, NotificationHistory, Rule } from "oxbow/control";
import { formatCount } from "../output/print.ts";
import { renderFields, renderTable } from "../output/table.ts";

/** A channel for people, with its secret where that was made just now. */
export function renderChannel(channel: Channel, secret: string | null = null): string {
  const { name, description, to, perMinuteMax, isPaused, createdAt } = channel;
  return `${name}\n${renderFields([
    ["description", description === "" ? undefined : description],
    ["to", targetText(to)],
    ["secret", secret === null ? undefined : `${secret} (told this once)`],
    ["per minute", formatCount(perMinuteMax)],
    ["paused", isPaused ? "yes" : undefined],
    ["created", createdAt],
  ])}`;
}

export function renderChannels(channels: readonly Channel[]): string {
  if (channels.length === 0) {
    return 'no channels: create one with "oxbow notification channel create NAME"\n';
  }
  return table(
    ["channel", "to", "per minute", "state"],
    channels.map(({ name, to, perMinuteMax, isPaused }) => [
      name,
      targetText(to),
      formatCount(perMinuteMax),
      isPaused ? "paused" : "on",
    ]),
  );
}

export function renderRule(rule: Rule): string {
  const { name, description, when, channels, quietMs, isPaused, createdAt } = rule;
  return `${name}\n${renderFields([
    ["description", description === "" ? undefined : description],
    ["when", when],
    ["about", aboutText(rule)],
    ["bounds", boundsText(rule) || undefined],
    ["channels", channels.join(", ")],
    ["quiet for", formatDurationMs(quietMs)],
    ["paused", isPaused ? "yes" : undefined],
    ["created", createdAt],
  ])}`;
}

export function renderRules(rules: readonly Rule[]): string {
  if (rules.length === 0) {
    return 'no rules: create one with "oxbow notification rule create NAME"\n';
  }
  return table(
    ["rule", "when", "about", "bounds", "channels", "state"],
    rules.map((rule) => [
      rule.name,
      rule.when,
      aboutText(rule),
      boundsText(rule) || "-",
      rule.channels.join(", "),
      rule.isPaused ? "paused" : "on",
    ]),
  );
}

export function renderHistory({ records }: NotificationHistory): string {
  if (records.length === 0) return "no notifications\n";
  return table(
    ["when", "channel", "outcome", "what"],
    records.map(({ channel, outcome, attempts, error, notice }) => [
      notice.at,
      channel,
      error === null ? outcome : `${outcome} after ${attempts}: ${error}`,
      notice.title,
    ]),
  );
}

function targetText(to: ChannelTarget): string {
  switch (to.kind) {
    case "email":
      return `${to.to.join(", ")} by ${to.host}:${to.port} (${to.security})`;
    case "station":
      return `station ${to.station}`;
    default:
      return `${to.kind} ${to.url}`;
  }
}

function aboutText({ stations, groups }: Rule): string {
  const of = stations.join(", ");
  return groups.length === 1 && groups[0] === "*" ? of : `${groups.join(", ")} of ${of}`;
}

function boundsText({ lagMessagesMax, lagMsMax, idleMs, fullPercent }: Rule): string {
  return [
    lagMessagesMax !== null && `${formatCount(lagMessagesMax)} messages`,
    lagMsMax !== null && formatDurationMs(lagMsMax),
    idleMs !== null && formatDurationMs(idleMs),
    fullPercent !== null && `${fullPercent} %`,
  ]
    .filter((part) => part !== false)
    .join(" or ");
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return renderTable(
    titles.map((title) => ({ title })),
    rows,
  );
}
