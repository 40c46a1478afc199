import { Badge, Table, Text } from "@mantine/core";
import type { Consumer } from "../../../api/types.ts";
import { DataTable, numbers } from "../../../parts/data-table.tsx";
import { clockText, countText } from "../../../parts/numbers.ts";

/** The members of a group: who they are, since when, and what they do. */
export function Members({ members }: { readonly members: readonly Consumer[] }) {
  if (members.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No members: nobody takes messages of this group now, and they wait.
      </Text>
    );
  }
  return (
    <DataTable
      heads={[
        "Member",
        "From",
        "Since",
        numbers("Messages"),
        numbers("In a second"),
        numbers("Asks for"),
        "Last message",
      ]}
      minWidth={620}
      verticalSpacing={6}
      aria-label="Members"
    >
      {members.map((member) => {
        const { id, name, library, version, address, user, messagesPerSecond } = member;
        return (
          <Table.Tr key={id} className="tabular">
            <Table.Td>
              {name === "" ? (library ?? "no name") : name}
              {!member.isConnected && (
                <Badge ml="xs" variant="default">
                  left
                </Badge>
              )}
            </Table.Td>
            <Table.Td title={[library, version].join(" ").trim()}>
              {[user, address].filter((each) => each !== null && each !== "").join(" at ") ||
                "not known"}
            </Table.Td>
            <Table.Td>{clockText(member.connectedAt ?? member.firstSeenAt)}</Table.Td>
            <Table.Td ta="right">{textOf(member.messages)}</Table.Td>
            <Table.Td ta="right">
              {textOf(messagesPerSecond === null ? null : Math.round(messagesPerSecond))}
            </Table.Td>
            <Table.Td ta="right">{textOf(member.pulls)}</Table.Td>
            <Table.Td>
              {member.lastMessageAt === null ? "–" : clockText(member.lastMessageAt)}
            </Table.Td>
          </Table.Tr>
        );
      })}
    </DataTable>
  );
}

function textOf(count: number | null): string {
  return count === null ? "–" : countText(count);
}
