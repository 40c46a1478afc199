import type { Notice } from "oxbow/control";

/** A notice as Slack takes it, with what would mean something in its texts made harmless. */
export function slackBody({ state, title, text }: Notice): string {
  const mark = state === "recovered" ? ":white_check_mark:" : ":warning:";
  const more = text === "" ? "" : `\n${escaped(text)}`;
  return JSON.stringify({ text: `${mark} *${escaped(title)}*${more}` });
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A notice as webhooks get it: type and time stand outside, as Standard Webhooks has them. */
export function webhookBody(notice: Notice): string {
  const { at, when, state } = notice;
  return JSON.stringify({ type: `oxbow.${when}.${state}`, timestamp: at, data: notice });
}

export function mailText({ text, at, rule, station, group, id }: Notice): string {
  const lines: readonly (readonly [string, string | null])[] = [
    ["when", at],
    ["station", station],
    ["group", group],
    ["rule", rule],
    ["notification", id],
  ];
  const known = lines.filter(([, value]) => value !== null);
  return `${text}\n\n${known.map(([name, value]) => `${name}: ${value}`).join("\n")}\n`;
}
