import { Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";

/** Code to be pasted somewhere, under what it is for. */
export function Pasted({
  title,
  code,
  hint,
}: {
  readonly title: string;
  readonly code: string;
  readonly hint?: string;
}) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">
          <Text span inherit fw={500}>
            {title}
          </Text>
          {hint !== undefined && (
            <Text span inherit c="dimmed">
              : {hint}
            </Text>
          )}
        </Text>
        <CopyButton value={code}>
          {({ copied, copy }) => (
            <Button
              size="compact-xs"
              variant="light"
              flex="none"
              onClick={copy}
              aria-label={`Copy: ${title.toLowerCase()}`}
            >
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Code block w="100%" tabIndex={0}>
        {code}
      </Code>
    </Stack>
  );
}
