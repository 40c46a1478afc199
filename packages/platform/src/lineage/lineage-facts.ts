import type { JetStreamManager, StreamConfig } from "@nats-io/jetstream";
import type {
  Consumer,
  Ingest,
  LineageRequest,
  Producer,
  StationOfDeadLetters,
} from "oxbow/control";
import { type Group, inParallel, isMissing } from "oxbow/internal";
import type { CatalogueEntry } from "../stations/station-catalogue.ts";
import type { LineagePair } from "./lineage-records.ts";

/** Stations in one lineage. */
export const stationsMax = 100;

/** Where a lineage is found out from. All of it is of what who asks may see. */
export interface LineageSources {
  readonly manager: JetStreamManager;
  readonly stations: readonly CatalogueEntry[];
  readonly pairs: readonly LineagePair[];
  readonly producers: readonly Producer[];
  readonly consumers: readonly Consumer[];
  readonly deadLetters: readonly StationOfDeadLetters[];
  groupsOf(station: string): Promise<readonly Group[]>;
  ingestsOf(station: string): Promise<readonly Ingest[]>;
}

/** A stream that gets messages from another one, or gives them on. */
interface StreamTie {
  readonly fromStream: string;
  readonly toStream: string;
  readonly way: "mirrors" | "sources" | "republishes";
}

/** What a lineage is made of. */
export interface LineageFacts {
  readonly shown: readonly CatalogueEntry[];
  readonly pairs: readonly LineagePair[];
  readonly producers: readonly Producer[];
  readonly consumers: readonly Consumer[];
  readonly deadLetters: readonly StationOfDeadLetters[];
  readonly groups: readonly Group[];
  readonly ingests: readonly Ingest[];
  readonly ties: readonly StreamTie[];
  /** Stations by the streams that their partitions are. */
  readonly stationOfStream: ReadonlyMap<string, string>;
  readonly stationsCount: number;
}

/** Finds out what a lineage is made of, for as many stations as one has. */
export async function lineageFacts(
  sources: LineageSources,
  { station }: LineageRequest,
): Promise<LineageFacts> {
  const { manager, producers, consumers, deadLetters, pairs } = sources;
  const all = sources.stations.filter((entry) => !entry.station.isInternal);
  const stationOfStream = new Map(
    all.flatMap(({ station: { name, partitions } }) =>
      partitions.map(({ stream }) => [stream, name] as const),
    ),
  );
  const wanted =
    station === undefined
      ? busiest(all, sources)
      : connected(all, pairs, station.toLowerCase(), station);
  const shown = wanted.slice(0, stationsMax);
  const names = new Set(shown.map((entry) => entry.station.name));
  const isShown = (of: { readonly station: string }): boolean => names.has(of.station);
  const list = [...names];
  const [groups, ingests, ties] = await Promise.all([
    inParallel(list, (name) => unlessGone(() => sources.groupsOf(name))),
    inParallel(list, (name) => unlessGone(() => sources.ingestsOf(name))),
    tiesOf(manager, shown),
  ]);
  return {
    ...{ shown, pairs, ties, stationOfStream, stationsCount: all.length },
    producers: producers.filter(isShown),
    consumers: consumers.filter(isShown),
    deadLetters: deadLetters.filter(isShown),
    groups: groups.flat(),
    ingests: ingests.flat(),
  };
}

/** First those at which something happens, or that are connected with others. */
function busiest(
  all: readonly CatalogueEntry[],
  { producers, consumers, pairs }: LineageSources,
): CatalogueEntry[] {
  const connectedOnes = new Set([
    ...producers.map(({ station }) => station),
    ...consumers.map(({ station }) => station),
    ...pairs.flatMap(({ from, to }) => [from, to]),
  ]);
  const weight = ({ station, messagesPerSecond }: CatalogueEntry): number =>
    (messagesPerSecond ?? 0) + (connectedOnes.has(station.name) ? 1 : 0);
  return [...all].sort(
    (one, other) => weight(other) - weight(one) || (one.station.name < other.station.name ? -1 : 1),
  );
}

/** A station, and those that derive from it or that it derives from, and so on. */
function connected(
  all: readonly CatalogueEntry[],
  pairs: readonly LineagePair[],
  ...names: readonly string[]
): CatalogueEntry[] {
  const byName = new Map(all.map((entry) => [entry.station.name, entry]));
  const found = new Set(names.filter((name) => byName.has(name)));
  // What is added meanwhile is gone through, too.
  for (const name of found) {
    for (const { from, to } of pairs) {
      const other = from === name ? to : to === name ? from : undefined;
      if (other !== undefined && byName.has(other)) found.add(other);
    }
  }
  return [...found].flatMap((name) => byName.get(name) ?? []);
}

async function tiesOf(
  manager: JetStreamManager,
  shown: readonly CatalogueEntry[],
): Promise<StreamTie[]> {
  const streams = shown.flatMap(({ station }) => station.partitions.map(({ stream }) => stream));
  const configs = await inParallel(streams, (stream) =>
    unlessGone(async () => [(await manager.streams.info(stream)).config]),
  );
  const all = configs.flat();
  return all.flatMap((config) => [
    ...(config.mirror === undefined
      ? []
      : [{ fromStream: config.mirror.name, toStream: config.name, way: "mirrors" as const }]),
    ...(config.sources ?? []).map(({ name }) => ({
      ...{ fromStream: name, toStream: config.name, way: "sources" as const },
    })),
    ...republishedTo(config, all),
  ]);
}

/** Streams that take the subjects under which a stream publishes its messages again. */
function republishedTo(config: StreamConfig, all: readonly StreamConfig[]): StreamTie[] {
  const dest = config.republish?.dest;
  if (dest === undefined) return [];
  const pattern = dest.replaceAll(/\{\{[^}]*\}\}|\$\d+/g, "*");
  return all
    .filter(
      ({ name, subjects }) =>
        name !== config.name && (subjects ?? []).some((each) => meet(pattern, each)),
    )
    .map(({ name }) => ({ fromStream: config.name, toStream: name, way: "republishes" }));
}

/** Whether a subject can match both patterns. */
export function meet(one: string, other: string): boolean {
  const [mine, theirs] = [one.split("."), other.split(".")];
  for (let at = 0; ; at++) {
    const [a, b] = [mine[at], theirs[at]];
    if (a === undefined || b === undefined) return a === b;
    if (a === ">" || b === ">") return true;
    if (a !== "*" && b !== "*" && a !== b) return false;
  }
}

/** Somebody may have deleted the station since it was looked for. */
async function unlessGone<Value>(ask: () => Promise<readonly Value[]>): Promise<readonly Value[]> {
  try {
    return await ask();
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (isMissing(error) || code === "STATION_NOT_FOUND") return [];
    throw error;
  }
}
