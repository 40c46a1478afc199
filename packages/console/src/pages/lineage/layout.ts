import { Graph, layout } from "@dagrejs/dagre";
import type { LineageGraph } from "../../api/journeys.ts";

/** What a node takes of the picture. */
export const nodeSize = { width: 210, height: 62 } as const;

interface Placed {
  readonly x: number;
  readonly y: number;
}

/** Where each node stands: messages go from the left to the right. */
export function places({ nodes, edges }: LineageGraph): ReadonlyMap<string, Placed> {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 90 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { ...nodeSize });
  for (const { from, to, way } of edges) graph.setEdge(from, to, {}, way);
  layout(graph);
  return new Map(
    nodes.map(({ id }) => {
      const { x = 0, y = 0 } = graph.node(id) as { x?: number; y?: number };
      // It tells of the middle.
      return [id, { x: x - nodeSize.width / 2, y: y - nodeSize.height / 2 }];
    }),
  );
}
