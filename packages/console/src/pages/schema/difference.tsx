import { Alert, Group, List, Select, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { schemaDiffQuestion, schemaTextQuestion } from "../../api/schema-questions.ts";
import type { Schema } from "../../api/types.ts";
import { Failure } from "../../parts/failure.tsx";
import { CodeDiff } from "../../parts/loaded.tsx";

/** How two versions differ, and what that means for who reads. */
export function Difference({
  schema,
  from,
  to,
}: {
  readonly schema: Schema;
  readonly from: number;
  readonly to: number;
}) {
  const { name, format, versions } = schema;
  const navigate = useNavigate();
  const before = useQuery(schemaTextQuestion(name, from));
  const after = useQuery(schemaTextQuestion(name, to));
  const diff = useQuery(schemaDiffQuestion(name, from, to));
  const numbers = versions.map(({ number }) => String(number));
  const show = (one: number, other: number): void =>
    void navigate({
      to: "/schemas/$schema",
      params: { schema: name },
      search: { tab: "versions", from: String(one), to: String(other) },
      replace: true,
    });
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        What differs
      </Title>
      <Group>
        <Select
          label="From version"
          w={140}
          data={numbers}
          value={String(from)}
          onChange={(value) => show(Number(value), to)}
          allowDeselect={false}
        />
        <Select
          label="To version"
          w={140}
          data={numbers}
          value={String(to)}
          onChange={(value) => show(from, Number(value))}
          allowDeselect={false}
        />
      </Group>
      <Failure error={before.error ?? after.error ?? diff.error} />
      {from === to && <Text c="dimmed">Choose two different versions.</Text>}
      {from !== to && diff.data !== undefined && (
        <Alert
          color={diff.data.breaks.length === 0 ? "green" : "yellow"}
          title={
            diff.data.breaks.length === 0
              ? "Nothing breaks in either direction"
              : "Who can't read what"
          }
        >
          {diff.data.breaks.length > 0 && (
            <List size="sm">
              {diff.data.breaks.map(({ description }) => (
                <List.Item key={description}>{description}</List.Item>
              ))}
            </List>
          )}
        </Alert>
      )}
      {from !== to && before.data !== undefined && after.data !== undefined && (
        <CodeDiff
          label={`What differs between version ${from} and version ${to}`}
          before={before.data.text}
          after={after.data.text}
          language={format === "json" || format === "avro" ? "json" : format}
        />
      )}
    </Stack>
  );
}
