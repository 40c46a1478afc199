import { Badge, Table, Text } from "@mantine/core";
import type { Consumer } from "../../../api/types.ts";
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
    <Table.ScrollContainer minWidth={620}>
      <Table verticalSpacing={6} aria-label="Members">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Member</Table.Th>
            <Table.Th>From</Table.Th>
            <Table.Th>Since</Table.Th>
            <Table.Th ta="right">Messages</Table.Th>
            <Table.Th ta="right">In a second</Table.Th>
            <Table.Th ta="right">Asks for</Table.Th>
            <Table.Th>Last message</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
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
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function textOf(count: number | null): string {
  return count === null ? "–" : countText(count);
}
