import type { LineageEdge, LineageGraph, LineageNode, LineageWay } from "oxbow/control";
import type { LineageFacts } from "./lineage-facts.ts";

/** Producers of a station, and members of a group, that are in a lineage each; the others are counted. */
const partiesMax = 12;

/** What is put together for a node; the rest is nothing. */
type NodeFields = Pick<LineageNode, "id" | "kind" | "name" | "station"> & Partial<LineageNode>;

/** Draws who puts messages where, and where they go from there, of what is known. */
export function lineageGraph(facts: LineageFacts): LineageGraph {
  const nodes = new Map<string, LineageNode>();
  const edges = new Map<string, LineageEdge>();
  const gaps: string[] = [];
  const add = (fields: NodeFields): string => {
    const nothing = { group: null, isConnected: null, messages: null, messagesPerSecond: null };
    nodes.set(fields.id, { ...nothing, ...fields });
    return fields.id;
  };
  const tie = (from: string, to: string, way: LineageWay, rate: number | null = null): void => {
    edges.set(JSON.stringify([from, to, way]), { from, to, way, messagesPerSecond: rate });
  };

  for (const { station, messagesPerSecond } of facts.shown) {
    const { name, messages } = station;
    add({ id: stationId(name), kind: "station", name, station: name, messages, messagesPerSecond });
  }
  const isShown = (station: string): boolean => nodes.has(stationId(station));

  for (const [station, some] of grouped(facts.producers, (each) => each.station)) {
    for (const { id, name, isConnected, messagesPerSecond } of some.slice(0, partiesMax)) {
      const node = { name, station, isConnected, messagesPerSecond };
      tie(
        add({ id: `producer:${id}`, kind: "producer", ...node }),
        stationId(station),
        "produces",
        messagesPerSecond,
      );
    }
    leftOut(gaps, some.length, `producers of station ${station}`);
  }
  for (const { station, name } of facts.ingests) {
    const id = add({ id: key("ingest", station, name), kind: "ingest", name, station });
    tie(id, stationId(station), "produces");
  }

  const members = new Map(
    grouped(facts.consumers, (each) => key("group", each.station, each.group)),
  );
  for (const { station, name, waiting } of facts.groups) {
    const id = key("group", station, name);
    const own = members.get(id) ?? [];
    const messagesPerSecond = sumOf(own.map((each) => each.messagesPerSecond));
    add({ id, kind: "group", name, station, group: name, messages: waiting, messagesPerSecond });
    tie(stationId(station), id, "consumes", messagesPerSecond);
    for (const each of own.slice(0, partiesMax)) {
      const { isConnected, messagesPerSecond: rate } = each;
      const node = { name: each.name, station, group: name, isConnected, messagesPerSecond: rate };
      tie(id, add({ id: `consumer:${each.id}`, kind: "consumer", ...node }), "delivers", rate);
    }
    leftOut(gaps, own.length, `members of group ${name} of station ${station}`);
  }

  for (const { station, count } of facts.deadLetters) {
    if (count === 0) continue;
    const id = add({
      id: key("dead", station),
      kind: "deadLetters",
      name: "Dead letters",
      station,
      messages: count,
    });
    tie(stationId(station), id, "gives up");
    const to = facts.shown.find((each) => each.station.name === station)?.station.settings
      .deadLetterStation;
    if (to !== undefined && to !== null && isShown(to)) tie(id, stationId(to), "gives up");
  }

  for (const { from, to } of facts.pairs) {
    if (isShown(from) && isShown(to)) tie(stationId(from), stationId(to), "derives");
  }
  for (const { fromStream, toStream, way } of facts.ties) {
    const from = facts.stationOfStream.get(fromStream);
    const to = facts.stationOfStream.get(toStream);
    if (from === undefined || to === undefined || !isShown(from) || !isShown(to)) continue;
    // All that comes into a mirror comes from there.
    const rate = way === "mirrors" ? (nodes.get(stationId(to))?.messagesPerSecond ?? null) : null;
    tie(stationId(from), stationId(to), way, rate);
  }

  const hidden = facts.stationsCount - facts.shown.length;
  if (hidden > 0) gaps.push(`${hidden} of ${facts.stationsCount} stations are left out`);
  return {
    nodes: [...nodes.values()],
    edges: [...edges.values()],
    stations: facts.stationsCount,
    gaps,
  };
}

function stationId(name: string): string {
  return key("station", name);
}

function key(kind: string, ...names: readonly string[]): string {
  return `${kind}:${names.map(encodeURIComponent).join("/")}`;
}

function leftOut(gaps: string[], count: number, what: string): void {
  if (count > partiesMax) gaps.push(`of ${count} ${what}, ${partiesMax} are here`);
}

/** The busiest of each first. */
function grouped<One extends { readonly messagesPerSecond: number | null }>(
  all: readonly One[],
  keyOf: (one: One) => string,
): [string, One[]][] {
  const groups = new Map<string, One[]>();
  const sorted = [...all].sort(
    (one, other) => (other.messagesPerSecond ?? 0) - (one.messagesPerSecond ?? 0),
  );
  for (const one of sorted) {
    const name = keyOf(one);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  return [...groups];
}

/** `null` if nothing of it is known. */
function sumOf(rates: readonly (number | null)[]): number | null {
  const known = rates.filter((rate) => rate !== null);
  return known.length === 0 ? null : known.reduce((sum, rate) => sum + rate, 0);
}
