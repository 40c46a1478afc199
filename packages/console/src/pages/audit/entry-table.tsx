import { Anchor, Badge, Table } from "@mantine/core";
import { Link, type LinkProps } from "@tanstack/react-router";
import type { AuditEntry } from "oxbow/control";
import { DataTable } from "../../parts/data-table.tsx";
import { clockText } from "../../parts/numbers.ts";
import { aboutText, outcomes, whoText } from "./words.ts";

/** Changes, each with a way to all that is known of it. */
export function EntryTable({
  entries,
  placeOf,
}: {
  readonly entries: readonly AuditEntry[];
  readonly placeOf: (entry: string) => LinkProps;
}) {
  return (
    <DataTable
      heads={["When", "Who", "From", "What", "On which", "Outcome"]}
      minWidth={760}
      highlightOnHover
      aria-label="Changes"
    >
      {entries.map((entry) => {
        const { colour, text } = outcomes[entry.outcome];
        return (
          <Table.Tr key={entry.sequence}>
            <Table.Td>
              <Anchor
                size="sm"
                renderRoot={(props) => <Link {...props} {...placeOf(String(entry.sequence))} />}
              >
                {clockText(entry.startedAt)}
              </Anchor>
            </Table.Td>
            <Table.Td>{whoText(entry)}</Table.Td>
            <Table.Td>{entry.who?.address || "–"}</Table.Td>
            <Table.Td>{entry.operation}</Table.Td>
            <Table.Td>{aboutText(entry)}</Table.Td>
            <Table.Td>
              <Badge color={colour} variant="light">
                {text}
              </Badge>
            </Table.Td>
          </Table.Tr>
        );
      })}
    </DataTable>
  );
}
