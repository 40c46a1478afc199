import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { LineageGraph, LineageNode } from "../../api/journeys.ts";
import { DataTable, numbers } from "../../parts/data-table.tsx";
import { kindWords, rateText, searchOf, wayWords } from "./lineage-words.ts";

/** The lineage in words: the same as the picture, for who reads rather than sees. */
export function LineageTable({ graph }: { readonly graph: LineageGraph }) {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const tied = new Set(graph.edges.flatMap(({ from, to }) => [from, to]));
  const alone = graph.nodes.filter(({ id }) => !tied.has(id));
  return (
    <DataTable
      heads={["From", "How", "To", numbers("Rate")]}
      minWidth={560}
      verticalSpacing={6}
      aria-label="Lineage as a table"
    >
      {graph.edges.map(({ from, to, way, messagesPerSecond }) => (
        <Table.Tr key={JSON.stringify([from, to, way])}>
          <Table.Td>
            <NodeLink node={nodes.get(from)} />
          </Table.Td>
          <Table.Td>{wayWords[way]}</Table.Td>
          <Table.Td>
            <NodeLink node={nodes.get(to)} />
          </Table.Td>
          <Table.Td ta="right" className="tabular">
            {rateText(messagesPerSecond)}
          </Table.Td>
        </Table.Tr>
      ))}
      {alone.map((node) => (
        <Table.Tr key={node.id}>
          <Table.Td>
            <NodeLink node={node} />
          </Table.Td>
          <Table.Td colSpan={3}>
            <Text size="sm" c="dimmed">
              is connected with nothing
            </Text>
          </Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
}

function NodeLink({ node }: { readonly node: LineageNode | undefined }) {
  if (node === undefined) return null;
  const { kind, name, station } = node;
  return (
    <>
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link {...props} to="/stations/$station" params={{ station }} search={searchOf(node)} />
        )}
      >
        {name}
      </Anchor>
      <Text size="xs" c="dimmed">
        {kindWords[kind]}
      </Text>
    </>
  );
}
