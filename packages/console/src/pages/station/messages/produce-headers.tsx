import { ActionIcon, Button, Group, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { Header } from "./produce.ts";

/** Headers of a message that is to be sent. */
export function Headers({
  headers,
  onChange,
}: {
  readonly headers: readonly Header[];
  readonly onChange: (headers: readonly Header[]) => void;
}) {
  const set = (at: number, changes: Partial<Header>): void =>
    onChange(headers.map((each, index) => (index === at ? { ...each, ...changes } : each)));
  return (
    <Stack gap={6}>
      {headers.map(({ name, value }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a header has no other name than its place while it is typed
        <Group key={index} gap="xs" wrap="nowrap">
          <TextInput
            size="xs"
            aria-label={`Name of header ${index + 1}`}
            placeholder="Header"
            value={name}
            onChange={({ currentTarget }) => set(index, { name: currentTarget.value })}
          />
          <TextInput
            size="xs"
            flex={1}
            aria-label={`Value of header ${index + 1}`}
            placeholder="Value"
            value={value}
            onChange={({ currentTarget }) => set(index, { value: currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            aria-label={`Without header ${index + 1}`}
            onClick={() => onChange(headers.filter((_, at) => at !== index))}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        size="compact-sm"
        variant="subtle"
        style={{ alignSelf: "start" }}
        leftSection={<IconPlus size={15} aria-hidden />}
        onClick={() => onChange([...headers, { name: "", value: "" }])}
      >
        Add a header
      </Button>
    </Stack>
  );
}
