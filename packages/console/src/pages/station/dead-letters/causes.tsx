import { Badge, Card, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import type { DeadLetterCauses } from "../../../api/types.ts";
import { clockText, countText } from "../../../parts/numbers.ts";
import { reasonText } from "./reason-text.ts";

const shownMax = 6;

/** Why messages died, the most frequent cause first; one is chosen to see only its dead letters. */
export function Causes({
  causes: { causes, count },
  chosen,
  onChoose,
}: {
  readonly causes: DeadLetterCauses;
  readonly chosen: string | undefined;
  readonly onChoose: (cause: string | undefined) => void;
}) {
  const shown = causes.slice(0, shownMax);
  const left = count - shown.reduce((sum, each) => sum + each.count, 0);
  return (
    <Card withBorder component="section" aria-label="Causes" p="sm">
      <Text size="sm" c="dimmed" mb={4}>
        {countText(count)} dead letter{count === 1 ? "" : "s"}, by cause
      </Text>
      <Stack gap={0}>
        {shown.map((cause) => {
          const { id, group, error, schema, path: place, rule, lastAt } = cause;
          const isChosen = id === chosen;
          return (
            <UnstyledButton
              key={id}
              onClick={() => onChoose(isChosen ? undefined : id)}
              aria-pressed={isChosen}
              py={6}
              px="xs"
              bdrs="sm"
              {...(isChosen && { bg: "var(--mantine-color-default-hover)" })}
            >
              <Group wrap="nowrap" gap="sm">
                <Badge color="red" miw={48} className="tabular">
                  {countText(cause.count)}
                </Badge>
                <Stack gap={0} miw={0} flex={1}>
                  <Text size="sm" truncate title={error}>
                    {error}
                  </Text>
                  <Text size="xs" c="dimmed" truncate>
                    {[
                      reasonText({ reason: cause.reason, attempts: null }),
                      group === null ? undefined : `by ${group}`,
                      schema === null ? undefined : `schema ${schema}`,
                      place === null || place === "" ? undefined : `at ${place}`,
                      rule === null ? undefined : `rule ${rule}`,
                      `last ${clockText(lastAt)}`,
                    ]
                      .filter((part) => part !== undefined)
                      .join(" · ")}
                  </Text>
                </Stack>
              </Group>
            </UnstyledButton>
          );
        })}
      </Stack>
      {left > 0 && (
        <Text size="sm" c="dimmed" mt={4}>
          {countText(left)} more of other causes
        </Text>
      )}
    </Card>
  );
}
