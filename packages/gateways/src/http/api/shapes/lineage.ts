import type { LineageEdge, LineageGraph, LineageNode } from "oxbow/control";
import { z } from "zod";
import { count } from "./common.ts";
import { named } from "./named.ts";

const node: z.ZodType<LineageNode> = named(
  "LineageNode",
  z.object({
    id: z.string().describe("What edges call it."),
    kind: z.enum(["producer", "ingest", "station", "group", "consumer", "deadLetters"]),
    name: z.string(),
    station: z.string(),
    group: z.string().nullable(),
    isConnected: z.boolean().nullable(),
    messages: count
      .nullable()
      .describe("In a station, or dead letters, or those that wait for a group."),
    messagesPerSecond: z.number().nullable(),
  }),
);

const edge: z.ZodType<LineageEdge> = named(
  "LineageEdge",
  z.object({
    from: z.string(),
    to: z.string(),
    way: z.enum([
      "produces",
      "consumes",
      "delivers",
      "derives",
      "mirrors",
      "sources",
      "republishes",
      "gives up",
    ]),
    messagesPerSecond: z.number().nullable(),
  }),
);

export const lineageGraph: z.ZodType<LineageGraph> = named(
  "LineageGraph",
  z.object({
    nodes: z.array(node),
    edges: z.array(edge),
    stations: count.describe("Stations there are that may be seen."),
    gaps: z.array(z.string()).describe("What is left out, and why."),
  }),
);
