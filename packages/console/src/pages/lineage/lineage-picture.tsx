import "@xyflow/react/dist/style.css";
import { Anchor, Paper, Text, useComputedColorScheme } from "@mantine/core";
import { useReducedMotion } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import {
  Background,
  Controls,
  type Edge,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from "@xyflow/react";
import { useMemo } from "react";
import type { LineageEdge, LineageGraph, LineageNode } from "../../api/journeys.ts";
import { flowSeconds } from "../../parts/flow-seconds.ts";
import { nodeSize, places } from "./layout.ts";
import { isFlowing, nodeText, rateText, searchOf } from "./lineage-words.ts";

type Box = Node<{ readonly node: LineageNode }, "box">;

const nodeTypes = { box: BoxView };
const ends = ["target", "source"] as const;

/** The lineage drawn: what flows is seen to flow, unless one wants less motion. */
export function LineagePicture({ graph }: { readonly graph: LineageGraph }) {
  const isStill = useReducedMotion();
  const scheme = useComputedColorScheme("light");
  // Rates change all the time; where things stand only when something comes or goes.
  const shape = JSON.stringify([
    graph.nodes.map(({ id }) => id),
    graph.edges.map(({ from, to, way }) => [from, to, way]),
  ]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape says when it is another one
  const placed = useMemo(() => places(graph), [shape]);
  const nodes = graph.nodes.map((node) => boxOf(node, placed.get(node.id) ?? { x: 0, y: 0 }));
  const edges = graph.edges.map((edge) => lineOf(edge, !isStill));
  return (
    <div className="lineage" role="application" aria-label="Lineage as a picture">
      <ReactFlow
        // What has come or gone is to be seen, too.
        key={shape}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        fitView
        fitViewOptions={{ maxZoom: 1 }}
        minZoom={0.1}
        proOptions={{ hideAttribution: true }}
      >
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

function boxOf(node: LineageNode, position: { readonly x: number; readonly y: number }): Box {
  return {
    id: node.id,
    type: "box",
    position: { ...position },
    data: { node },
    ...nodeSize,
    // What is not to be moved would else not be clicked either.
    style: { pointerEvents: "all" },
  };
}

function lineOf(edge: LineageEdge, mayMove: boolean): Edge {
  const { from, to, way, messagesPerSecond } = edge;
  const isMoving = mayMove && isFlowing(edge);
  const isDerived = way === "derives" || way === "gives up";
  const words = way === "produces" || way === "consumes" || way === "delivers" ? "" : way;
  return {
    id: JSON.stringify([from, to, way]),
    source: from,
    target: to,
    animated: isMoving,
    label: [words, rateText(messagesPerSecond)].filter((part) => part !== "").join(" · "),
    labelStyle: { fill: "var(--mantine-color-text)" },
    labelBgStyle: { fill: "var(--mantine-color-body)" },
    style: {
      ...(isMoving && { animationDuration: `${flowSeconds(messagesPerSecond ?? 0)}s` }),
      ...(isDerived && !isMoving && { strokeDasharray: "2 4" }),
    },
  };
}

function BoxView({ data: { node } }: NodeProps<Box>) {
  const { kind, name, station, isConnected } = node;
  return (
    <Paper
      withBorder
      className="lineage-box"
      data-kind={kind}
      {...(isConnected === false && { "data-away": true })}
    >
      {ends.map((end) => (
        <Handle
          key={end}
          type={end}
          position={end === "source" ? Position.Right : Position.Left}
          className="lineage-end"
        />
      ))}
      <Anchor
        fw={kind === "station" ? 700 : 600}
        size="sm"
        className="lineage-name"
        title={name}
        renderRoot={(props) => (
          <Link {...props} to="/stations/$station" params={{ station }} search={searchOf(node)} />
        )}
      >
        {name}
      </Anchor>
      <Text size="xs" c="dimmed" truncate className="tabular">
        {nodeText(node)}
      </Text>
    </Paper>
  );
}
