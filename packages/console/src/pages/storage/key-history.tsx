import { Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { historyQuestion } from "../../api/storage-questions.ts";
import { Failure } from "../../parts/failure.tsx";
import { bytesOf } from "../../parts/hex.ts";
import { clockText } from "../../parts/numbers.ts";
import { Payload } from "../../parts/payload.tsx";
import { operationWords } from "./operation-words.ts";

/** The values of a key that are kept, the last first. */
export function KeyHistory({
  bucket,
  keyName,
  onUse,
}: {
  readonly bucket: string;
  readonly keyName: string;
  /** Begins an edit with a text of it. */
  readonly onUse: ((text: string) => void) | undefined;
}) {
  const { data: entries, error } = useQuery(historyQuestion(bucket, keyName));
  if (entries === undefined) return <Failure error={error} />;
  if (entries.length === 0) return <Text c="dimmed">Nothing is kept of it.</Text>;
  return (
    <Stack gap="sm">
      {entries.map((entry, index) => (
        <Card key={entry.revision} withBorder padding="sm">
          <Stack gap="xs">
            <Group gap="xs" justify="space-between">
              <Group gap="xs">
                <Text size="sm" fw={600}>
                  Revision {entry.revision}
                </Text>
                <Badge variant="light" {...operationWords[entry.operation].look}>
                  {operationWords[entry.operation].title}
                </Badge>
                <Text size="sm" c="dimmed">
                  {clockText(entry.time)}
                </Text>
              </Group>
              {onUse !== undefined &&
                index > 0 &&
                entry.operation === "put" &&
                entry.encoding === "text" && (
                  <Button size="compact-sm" variant="default" onClick={() => onUse(entry.payload)}>
                    Put it again
                  </Button>
                )}
            </Group>
            {entry.operation === "put" && (
              <Payload payload={{ ...entry, size: bytesOf(entry).length }} />
            )}
          </Stack>
        </Card>
      ))}
    </Stack>
  );
}
