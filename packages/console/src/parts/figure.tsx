import { Paper, Text } from "@mantine/core";

/** A number that is looked at often. */
export function Figure({
  label,
  value,
  isBad = false,
}: {
  readonly label: string;
  readonly value: string;
  readonly isBad?: boolean;
}) {
  return (
    <Paper withBorder p="md">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text size="xl" fw={650} className="tabular" {...(isBad && { c: "red" })}>
        {value}
      </Text>
    </Paper>
  );
}
