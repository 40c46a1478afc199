import { ActionIcon, Button, Group, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { SchemaReference } from "oxbow/control";
import type { Draft } from "../../api/schema-questions.ts";

/** Which other schemas a text refers to. */
export function References({
  draft,
  onChange,
}: {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}) {
  const { references } = draft;
  const put = (index: number, changes: Partial<SchemaReference>): void =>
    onChange({
      ...draft,
      references: references.map((each, at) => (at === index ? { ...each, ...changes } : each)),
    });
  return (
    <Stack gap="xs">
      {references.length > 0 && (
        <Text size="sm" c="dimmed">
          The name is what the text says: a $ref of JSON Schema, an import of Protobuf, the full
          name of an Avro type.
        </Text>
      )}
      {references.map(({ name, schema, version }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: while it is typed, nothing else tells them apart
        <Group key={index} gap="xs" align="end" wrap="nowrap">
          <TextInput
            label="Name"
            flex={1}
            value={name}
            onChange={({ currentTarget }) => put(index, { name: currentTarget.value })}
          />
          <TextInput
            label="Schema"
            flex={1}
            value={schema}
            onChange={({ currentTarget }) => put(index, { schema: currentTarget.value })}
          />
          <NumberInput
            label="Version"
            w={80}
            min={1}
            value={version}
            onChange={(value) => put(index, { version: Number(value) || 1 })}
          />
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={`Take out reference ${index + 1}`}
            onClick={() =>
              onChange({ ...draft, references: references.filter((_, at) => at !== index) })
            }
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Group>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() =>
            onChange({
              ...draft,
              references: [...references, { name: "", schema: "", version: 1 }],
            })
          }
        >
          Refer to another schema
        </Button>
      </Group>
    </Stack>
  );
}
