import { Badge, Card, Group, Stack, Text } from "@mantine/core";
import { clockText, sizeText } from "../../parts/numbers.ts";
import { operationWords } from "./operation-words.ts";
import { useChanges } from "./use-changes.ts";

/** The last changes of a bucket, as they come. */
export function LiveChanges({
  bucket,
  sought,
}: {
  readonly bucket: string;
  readonly sought: string;
}) {
  const { changes, isOpen, problem } = useChanges(bucket, sought);
  return (
    <Card withBorder padding="sm" role="log" aria-label="Changes as they come">
      <Stack gap={6}>
        <Text size="sm" c="dimmed">
          {problem ??
            (isOpen
              ? changes.length === 0
                ? "Watching: nothing has changed yet."
                : "Watching: the last changes, newest first."
              : "Connecting.")}
        </Text>
        {changes.map(({ key, revision, time, operation, bytes }) => (
          <Group key={revision} gap="xs" wrap="nowrap" align="start">
            <Text size="sm" className="tabular" style={{ flex: "0 0 auto" }}>
              {clockText(time)}
            </Text>
            <Badge variant="light" {...operationWords[operation].look} style={{ flex: "0 0 auto" }}>
              {operationWords[operation].title}
            </Badge>
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              {key}
              {operation === "put" && `, ${sizeText(bytes)}`}
            </Text>
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
