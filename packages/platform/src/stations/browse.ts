import type { BrowseRequest, StationOrder, StationSummary, TagCount } from "oxbow/control";
import type { CatalogueEntry } from "./station-catalogue.ts";
import { storedOf } from "./station-catalogue.ts";

const tagsMax = 100;

/** Those that are looked for, in the order that is asked for; those that are alike by name. */
export function foundOf(
  entries: readonly CatalogueEntry[],
  { search = "", tags = [], names, sort = "name", isDescending = false }: BrowseRequest,
): readonly CatalogueEntry[] {
  const sought = search.trim().toLowerCase();
  const named = names && new Set(names);
  const found = entries.filter(
    ({ station: { name, settings } }) =>
      (named === undefined || named.has(name)) &&
      tags.every((tag) => settings.tags.includes(tag)) &&
      [name, settings.description, ...settings.tags].some((text) =>
        text.toLowerCase().includes(sought),
      ),
  );
  const sign = isDescending ? -1 : 1;
  const compare = comparisons[sort];
  return found.sort((a, b) => sign * compare(a, b) || byName(a, b));
}

/** What is shown of a station. */
export function summaryOf({ station, messagesPerSecond }: CatalogueEntry): StationSummary {
  const { name, isManaged, createdAt, partitions, messages, bytes, problems, settings } = station;
  const { description, tags, maxAgeMs } = settings;
  return {
    name,
    isManaged,
    description,
    tags,
    createdAt,
    partitions: partitions.length,
    groups: groupsOf(station),
    messages,
    bytes,
    maxAgeMs,
    stored: storedOf(station),
    messagesPerSecond,
    problems,
  };
}

/** The tags of stations, the most frequent first. */
export function tagsOf(entries: readonly CatalogueEntry[]): TagCount[] {
  const counts = new Map<string, number>();
  for (const { station } of entries) {
    for (const tag of station.settings.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts]
    .map(([tag, count]) => ({ tag, count }))
    .sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1))
    .slice(0, tagsMax);
}

type Compare = (a: CatalogueEntry, b: CatalogueEntry) => number;

const byName: Compare = ({ station: a }, { station: b }) => (a.name < b.name ? -1 : 1);

function byNumber(of: (entry: CatalogueEntry) => number): Compare {
  return (a, b) => of(a) - of(b);
}

const comparisons: Readonly<Record<StationOrder, Compare>> = {
  name: byName,
  messages: byNumber(({ station }) => station.messages),
  bytes: byNumber(({ station }) => station.bytes),
  groups: byNumber(({ station }) => groupsOf(station)),
  createdAt: byNumber(({ station }) => Date.parse(station.createdAt)),
  rate: byNumber(({ messagesPerSecond }) => messagesPerSecond ?? 0),
};

function groupsOf({ partitions }: CatalogueEntry["station"]): number {
  return partitions.reduce((most, { consumers }) => Math.max(most, consumers), 0);
}
