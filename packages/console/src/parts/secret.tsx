import { Alert, Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";

/** Something secret that the server tells this once. */
export function Secret({
  title,
  value,
  children,
}: {
  readonly title: string;
  readonly value: string;
  readonly children?: string;
}) {
  return (
    <Alert color="yellow" icon={<IconKey size={18} />} title={title}>
      <Stack gap="xs">
        <Text size="sm">
          {children ?? "It is shown this once and kept nowhere in clear: copy it now."}
        </Text>
        <Group gap="xs">
          <Code data-secret style={{ overflowWrap: "anywhere" }}>
            {value}
          </Code>
          <CopyButton value={value}>
            {({ copied, copy }) => (
              <Button size="compact-sm" variant="default" onClick={copy}>
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
        </Group>
      </Stack>
    </Alert>
  );
}
