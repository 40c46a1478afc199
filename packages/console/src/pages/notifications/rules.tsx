import { Badge, Group, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Rule } from "oxbow/control";
import { path } from "../../api/ask.ts";
import { rulesQuestion } from "../../api/notification-questions.ts";
import { DataTable } from "../../parts/data-table.tsx";
import { Failure } from "../../parts/failure.tsx";
import { ManagedActions, ManagedDialogs, useManaged } from "../../parts/managed.tsx";
import { MayNot, useMay } from "../../parts/may.tsx";
import { NewButton } from "../../parts/new-button.tsx";
import { RuleForm } from "./rule-form.tsx";
import { ruleText } from "./words.ts";

/** What is told of, in plain words. */
export function Rules() {
  const may = useMay();
  const { data: rules = [], error, isPending } = useQuery(rulesQuestion);
  const mayChange = may("notification.createRule");
  const things = useManaged<Rule>((name) => path`/notifications/rules/${name}`, {
    queryKey: ["notifications"],
  });
  return (
    <Stack>
      {mayChange ? (
        <Group>
          <NewButton onClick={() => things.edit(undefined)}>New rule</NewButton>
        </Group>
      ) : (
        <MayNot doing="change notifications" least="admin of all stations" />
      )}
      <Failure error={error} />
      {!isPending && rules.length === 0 && (
        <Text c="dimmed" maw={620}>
          There is no rule yet. Good ones to begin with: a message became a dead letter, a group is
          too far behind, storage is almost full. Make a channel first.
        </Text>
      )}
      {rules.length > 0 && (
        <DataTable heads={["Name", "What it does", ""]} minWidth={620} isFocusable>
          {rules.map((rule) => (
            <Table.Tr key={rule.name}>
              <Table.Td>
                <Group gap="xs">
                  {rule.name}
                  {rule.isPaused && <Badge color="gray">paused</Badge>}
                </Group>
                <Text size="xs" c="dimmed">
                  {rule.description}
                </Text>
              </Table.Td>
              <Table.Td>{ruleText(rule)}</Table.Td>
              <Table.Td>
                {mayChange && <ManagedActions things={things} thing={rule}></ManagedActions>}
              </Table.Td>
            </Table.Tr>
          ))}
        </DataTable>
      )}
      <ManagedDialogs
        things={things}
        kind="rule"
        size="lg"
        form={(rule, onDone) => <RuleForm rule={rule} onDone={onDone} />}
        end={(name) =>
          `Nobody is told of what ${name} looks for any more. What it has found already is sent still.`
        }
      />
    </Stack>
  );
}
