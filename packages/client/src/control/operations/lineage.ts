import type { LineageGraph, LineageRequest } from "../types/lineage.ts";
import { type Entries, type Operation, read } from "./operation.ts";

/** What is asked about all stations together. */
export interface LineageOperations {
  "lineage.graph": Operation<[], LineageRequest, LineageGraph>;
}

export const lineageOperations: Entries<LineageOperations> = {
  "lineage.graph": {
    ...read,
    subject: "LINEAGE.GRAPH",
    names: [],
    summary:
      "tells who puts messages into which stations, and where they go from there, with rates",
    request: "LineageRequest",
    response: "LineageGraph",
  },
};
