import type { Channel, ChannelTarget, Rule } from "oxbow/control";
import type { ChannelDocument, RuleDocument, StoredTarget } from "./documents.ts";

/** A channel as anybody may see it who may see channels: nothing of it is secret. */
export function channelOf(name: string, document: ChannelDocument): Channel {
  const { description, to, perMinuteMax, isPaused, createdAt } = document;
  return { name, description, to: shownTarget(to), perMinuteMax, isPaused, createdAt };
}

export function ruleOf(name: string, { version: _, ...rest }: RuleDocument): Rule {
  return { name, ...rest };
}

/** Addresses of web servers are often as good as passwords: only the server is shown. */
function shownTarget(to: StoredTarget): ChannelTarget {
  switch (to.kind) {
    case "slack":
    case "webhook":
      return { kind: to.kind, url: shownUrl(to.url) };
    case "email": {
      const { password: _, ...rest } = to;
      return rest;
    }
    case "station":
      return to;
  }
}

function shownUrl(text: string): string {
  const { origin, pathname, search } = new URL(text);
  return pathname === "/" && search === "" ? `${origin}/` : `${origin}/…`;
}
