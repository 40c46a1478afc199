/** Of which stations the lineage is asked for. */
export interface LineageRequest {
  /** Only this one, and what is connected with it; by default all, the busiest first. */
  readonly station?: string;
}

/** What stands in a lineage. */
export type LineageKind =
  | "producer"
  | "ingest"
  | "station"
  | "group"
  | "consumer"
  /** The dead letters of a station. */
  | "deadLetters";

export interface LineageNode {
  /** What edges call it. */
  readonly id: string;
  readonly kind: LineageKind;
  readonly name: string;
  /** The station that it is, or that it is of. */
  readonly station: string;
  /** Of a group and its members. */
  readonly group: string | null;
  /** Whether a producer or consumer has a connection; `null` of what has none. */
  readonly isConnected: boolean | null;
  /** Messages in a station, or dead letters, or those that wait for a group; `null` of others. */
  readonly messages: number | null;
  /** Messages that come into a station, or that a producer or consumer has, lately; `null` where it is not known. */
  readonly messagesPerSecond: number | null;
}

/** How messages get from one to another. */
export type LineageWay =
  | "produces"
  /** From a station to a group. */
  | "consumes"
  /** From a group to its member. */
  | "delivers"
  /** Messages of a station derive from those of another one, as their producers say. */
  | "derives"
  | "mirrors"
  | "sources"
  | "republishes"
  /** From a station to its dead letters, and from these to the station that gets copies. */
  | "gives up";

export interface LineageEdge {
  readonly from: string;
  readonly to: string;
  readonly way: LineageWay;
  /** `null` where nobody counts. */
  readonly messagesPerSecond: number | null;
}

/** Who puts messages where, and where they go from there. */
export interface LineageGraph {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  /** Stations there are that may be seen. */
  readonly stations: number;
  /** What is left out, and why; empty if nothing is. */
  readonly gaps: readonly string[];
}
