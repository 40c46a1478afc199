import type { LineageEdge, LineageKind, LineageNode, LineageWay } from "../../api/journeys.ts";
import { countText } from "../../parts/numbers.ts";

export const kindWords: Readonly<Record<LineageKind, string>> = {
  producer: "Producer",
  ingest: "Ingest URL",
  station: "Station",
  group: "Consumer group",
  consumer: "Member",
  deadLetters: "Dead letters",
};

export const wayWords: Readonly<Record<LineageWay, string>> = {
  produces: "produces to",
  consumes: "is consumed by",
  delivers: "delivers to",
  derives: "is derived into",
  mirrors: "is mirrored by",
  sources: "is a source of",
  republishes: "is republished to",
  "gives up": "gives up to",
};

export function rateText(perSecond: number | null): string {
  if (perSecond === null) return "";
  const shown = perSecond < 10 ? Math.round(perSecond * 10) / 10 : Math.round(perSecond);
  return `${countText(shown)} / s`;
}

/** What stands below the name of a node. */
export function nodeText({ kind, messages, messagesPerSecond, isConnected }: LineageNode): string {
  const count = messages === null ? "" : countText(messages);
  const parts = {
    station: [`${count} messages`],
    group: [`${count} waiting`],
    deadLetters: [count],
    producer: [isConnected === false ? "away" : ""],
    consumer: [isConnected === false ? "away" : ""],
    ingest: [],
  } satisfies Readonly<Record<LineageKind, readonly string[]>>;
  return [kindWords[kind], ...parts[kind], rateText(messagesPerSecond)]
    .filter((part) => part !== "")
    .join(" · ");
}

/** Where a node leads to in the console. */
export function searchOf({ kind }: LineageNode): { readonly tab?: string } {
  if (kind === "group" || kind === "consumer") return { tab: "groups" };
  return kind === "deadLetters" ? { tab: "dead-letters" } : {};
}

export function isFlowing({ messagesPerSecond }: LineageEdge): boolean {
  return messagesPerSecond !== null && messagesPerSecond > 0;
}
