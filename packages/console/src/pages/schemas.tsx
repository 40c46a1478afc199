import { Badge, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { schemasQuestion } from "../api/questions.ts";
import { Failure } from "../parts/failure.tsx";
import { clockText } from "../parts/numbers.ts";

export function Schemas() {
  const { data: schemas = [], error, isPending } = useQuery(schemasQuestion);
  return (
    <Stack>
      <Title order={1} size="h2">
        Schemas
      </Title>
      <Failure error={error} />
      {!isPending && schemas.length === 0 && (
        <Text c="dimmed">
          There is no schema yet. oxbow schema create makes one, and a station that uses it refuses
          what does not fit.
        </Text>
      )}
      {schemas.length > 0 && (
        <Table.ScrollContainer minWidth={520}>
          <Table highlightOnHover verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Format</Table.Th>
                <Table.Th>Versions</Table.Th>
                <Table.Th>Compatibility</Table.Th>
                <Table.Th>Created</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {schemas.map(({ name, format, versions, compatibility, createdAt }) => (
                <Table.Tr key={name}>
                  <Table.Td>{name}</Table.Td>
                  <Table.Td>{format}</Table.Td>
                  <Table.Td>
                    <Group gap={4}>
                      {versions.map(({ number, isActive }) => (
                        <Badge key={number} variant={isActive ? "filled" : "default"}>
                          {number}
                        </Badge>
                      ))}
                    </Group>
                  </Table.Td>
                  <Table.Td>{compatibility}</Table.Td>
                  <Table.Td>{clockText(createdAt)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}
