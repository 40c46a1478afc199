import type { LineageGraph, LineageKind, LineageNode } from "oxbow/control";
import { renderTable } from "../output/table.ts";

const kinds: Readonly<Record<LineageKind, string>> = {
  producer: "producer",
  ingest: "ingest URL",
  station: "station",
  group: "group",
  consumer: "member",
  deadLetters: "dead letters of",
};

/** Each way that messages take, as a table, and what is connected with nothing below it. */
export function renderLineage({ nodes, edges, gaps }: LineageGraph): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const nameOf = (id: string): string => named(byId.get(id)) ?? id;
  const columns = [
    { title: "from" },
    { title: "" },
    { title: "to" },
    { title: "per second", isNumeric: true },
  ];
  const rows = edges.map(({ from, to, way, messagesPerSecond }) => [
    nameOf(from),
    way,
    nameOf(to),
    messagesPerSecond === null ? "" : String(Math.round(messagesPerSecond * 10) / 10),
  ]);
  const connected = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const alone = nodes.filter(({ id }) => !connected.has(id)).map(nameOrId);
  const texts = [
    rows.length === 0 ? "nothing is known to put messages anywhere\n" : renderTable(columns, rows),
    alone.length === 0 ? "" : `\nconnected with nothing: ${alone.join(", ")}\n`,
    ...gaps.map((gap) => `left out: ${gap}\n`),
  ];
  return texts.join("");
}

function nameOrId(node: LineageNode): string {
  return named(node) ?? node.id;
}

function named(node: LineageNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  const { kind, name, station, isConnected } = node;
  const away = isConnected === false ? " (away)" : "";
  return `${kinds[kind]} ${kind === "deadLetters" ? station : name}${away}`;
}
